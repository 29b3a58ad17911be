import { describe, expect, test } from 'vitest'
import { PixelMetrics } from '../../metrics/pixel.ts'
import { labelComponents } from '../../imaging/components.ts'
import { resampleMap } from '../../stages/evaluate/resample-map.ts'
import { evaluateImages, HEADER, heldOut } from './evaluate-rig.ts'
import { pixelsOf, type TestImage } from './task-rig.ts'

// prettier-ignore
const MAP = [0, 1, 2, 3, 1, 9, 8, 3, 2, 7, 1, 3, 0, 1, 2, 6]
const MASK = pixelsOf([0, 0, 0, 0, 0, 255, 255, 0, 0, 255, 0, 0, 0, 0, 0, 255])
const BAD: TestImage = { id: 'test/nok/a', label: 'nok', score: 9, map: MAP, mask: MASK }
const GOOD: TestImage = { id: 'test/ok/a', score: 4, map: MAP.map((value) => value / 3) }
const MINE = { resamples: 20 }

function reference(pooling: 'all' | 'nok' = 'all') {
  const metrics = new PixelMetrics()
  metrics.add({ map: Float32Array.from(GOOD.map!), mask: null, regions: null, nok: false })
  metrics.add({
    map: Float32Array.from(MAP),
    mask: MASK.data,
    regions: labelComponents(MASK.data, 4, 4),
    nok: true,
  })
  return metrics.result(pooling)
}

describe('pixel metrics', () => {
  test('pool all px of all test images, good ones with empty masks', async () => {
    const { verdict } = await evaluateImages([GOOD, BAD], MINE)
    const all = reference()
    expect(all.regions).toBe(2) // diagonal neighbours join
    expect(verdict.metrics.pixel_auroc.value).toBe(1)
    expect(verdict.metrics.pixel_auroc.value).toBe(all.auroc)
    expect(verdict.metrics.pixel_auroc_nok.value).toBe(reference('nok').auroc)
    expect(verdict.metrics.pixel_ap.value).toBe(all.averagePrecision)
    expect(verdict.metrics.pixel_aupro.value).toBe(all.aupro)
    expect(verdict.pixels).toEqual({
      pooling: 'all',
      method: 'exact',
      images: 2,
      keptShare: 1,
      withoutMask: 0,
      contradictory: 0,
    })
  })

  test('take their threshold from all px of the held-out images', async () => {
    const calm = heldOut([3], { map: [3, 2, 2, 2, ...new Array<number>(12).fill(1)] })
    const { verdict, thresholds } = await evaluateImages([...calm, GOOD, BAD], { ...MINE, pixel_fpr: 0.1 })
    expect(thresholds.pixel).toBe(2) // one of 16 px may exceed it
    expect(thresholds.pixelOrigin).toBe('exceeded by at most 10 % of 16 px of 1 held-out image')
    // above 2: in BAD 9, 8, 7, 6 inside and 3, 3, 3 outside; in GOOD 3, 8/3, 7/3
    expect(verdict.metrics.pixel_f1.value).toBeCloseTo(8 / (8 + 6), 12)
    expect(verdict.metrics.pixel_f1_max.value).toBe(1)
  })

  test('say why F1 is missing without a threshold', async () => {
    const { verdict } = await evaluateImages([GOOD, BAD], MINE)
    expect(verdict.metrics.pixel_f1).toEqual({ value: null, note: 'nothing is held out' })
  })

  test('leave out and count defective images without a mask, and masks that contradict the label', async () => {
    const { verdict } = await evaluateImages(
      [
        GOOD,
        BAD,
        { id: 'test/nok/b', label: 'nok', score: 1 },
        { id: 'test/nok/c', label: 'nok', score: 1, mask: pixelsOf(new Uint8Array(16)) },
        { id: 'test/ok/b', score: 1, mask: MASK },
        { id: 'test/ok/c', score: 4, map: GOOD.map!, mask: pixelsOf(new Uint8Array(16)) },
        { id: 'test/x', label: 'unknown', score: 1, mask: MASK },
      ],
      MINE,
    )
    expect(verdict.pixels).toMatchObject({ images: 3, withoutMask: 1, contradictory: 2 })
    expect(verdict.metrics.pixel_auroc.value).toBe(1)
    expect(verdict.counts).toMatchObject({ ok: 3, nok: 3, unknown: 1 })
  })

  test('are null where no defective image has a mask', async () => {
    const { verdict } = await evaluateImages([GOOD, { ...BAD, mask: undefined } as unknown as TestImage], MINE)
    expect(verdict.metrics.pixel_auroc).toEqual({ value: null, note: 'no defective test image with a mask' })
    expect(verdict.sizes).toEqual([])
  })

  test('refuse a mask of another size than its image', async () => {
    const wrong = {
      ...BAD,
      mask: pixelsOf([255, 0, 0, 0]),
      facts: { width: 4, height: 4, greyMean: 1, greyDeviation: 1 },
    }
    await expect(evaluateImages([wrong], MINE)).rejects.toThrow('the mask of test/nok/a has 2 x 2 px, its image 4 x 4')
  })

  test('are counted at the size of the mask', async () => {
    const mask = new Uint8Array(64).fill(0)
    for (const i of [18, 19, 26, 27]) mask[i] = 255
    const big: TestImage = { ...BAD, mask: pixelsOf(mask) }
    const { verdict } = await evaluateImages([big], MINE)
    const metrics = new PixelMetrics()
    const map = resampleMap(Float32Array.from(MAP), HEADER, { width: 8, height: 8 })
    metrics.add({ map, mask, regions: labelComponents(mask, 8, 8), nok: true })
    expect(verdict.metrics.pixel_auroc.value).toBe(metrics.result().auroc)
    expect(verdict.metrics.pixel_auroc.value).toBeGreaterThan(0.9)
  })

  test('stand by the size of defects', async () => {
    const { verdict } = await evaluateImages([GOOD, BAD], MINE)
    expect(verdict.sizes).toMatchObject([
      { defect: 'above 10 %', images: 1, imageAuroc: { value: 1 }, medianAreaShare: 0.25, pixelAuroc: { value: 1 } },
    ])
  })

  test('stand beside a constant, a centre prior and the gradient', async () => {
    const { verdict } = await evaluateImages([GOOD, BAD], MINE)
    expect(Object.keys(verdict.baselines.pixel)).toEqual(['centre_prior', 'constant', 'gradient_magnitude'])
    expect(verdict.baselines.pixel.constant.value).toBe(0.5)
    expect(verdict.baselines.pixel.gradient_magnitude.value).toBe(0.5) // flat images
  })
})

describe('settings of the pixel metrics', () => {
  test('scale, crop and choose as the thesis does', async () => {
    const { verdict } = await evaluateImages([GOOD, BAD], {
      ...MINE,
      pixel_images: 'nok',
      pixel_crop: 1,
      minmax_per_image: true,
      threshold_from: 'test_f1',
    })
    expect(verdict.pixels).toMatchObject({ pooling: 'nok', images: 1, keptShare: 0.25 })
    expect(verdict.metrics.pixel_auroc).toMatchObject({ value: 1, note: 'px of defective images alone' }) // 9 8 / 7 1
    expect(verdict.metrics.pixel_f1).toMatchObject({ value: 1 })
  })

  test('take a sample of so many images, the same for the same seed', async () => {
    const many = Array.from({ length: 9 }, (_, i): TestImage => {
      const map = MAP.map((value, at) => (at % (i + 2) === 0 ? value : 9 - value))
      return { ...BAD, id: `test/nok/${i}`, map }
    })
    const sampled = async (images: readonly TestImage[], seed: number) => {
      const { verdict } = await evaluateImages(images, { resamples: 0, pixel_sample: 4 }, { seed })
      return { images: verdict.pixels?.images, auroc: verdict.metrics.pixel_auroc.value }
    }
    const first = await sampled(many, 1)
    expect(first.images).toBe(4)
    expect(await sampled([...many].reverse(), 1)).toEqual(first)
    expect((await sampled(many, 2)).auroc).not.toBe(first.auroc)
    expect((await sampled(many.slice(0, 3), 1)).images).toBe(3)
  })

  test('refuse a crop that leaves nothing', async () => {
    await expect(evaluateImages([BAD], { ...MINE, pixel_crop: 2 })).rejects.toThrow(
      'a border of 2 px leaves nothing of an image of 4 x 4 px',
    )
  })
})

describe('the border of the image score', () => {
  const corner = { ...BAD, id: 'test/nok/b', score: 50, mask: pixelsOf([255, ...new Uint8Array(15)]) }

  test('is accounted for: area, defective px, images it hides', async () => {
    const header = { ...HEADER, border: 1 }
    const { verdict } = await evaluateImages([...heldOut([5]), GOOD, BAD, corner], MINE, { header })
    expect(verdict.border).toEqual({
      cells: 1,
      keptShare: 0.25,
      defectShare: 2 / 5,
      imagesOutside: 1,
      recallWithThemMissed: 0.5,
    })
    expect(verdict.metrics.image_recall.value).toBe(1)
  })

  test('is null where there is none', async () => {
    expect((await evaluateImages([GOOD, BAD], MINE)).verdict.border).toBeNull()
  })
})

describe('the other protocol', () => {
  test('reads the same maps, and says how', async () => {
    const { verdict } = await evaluateImages([...heldOut([5]), GOOD, BAD], MINE)
    expect(verdict.protocol).toBe('standard')
    expect(verdict.other).toMatchObject({ protocol: 'thesis', metrics: { image_auroc: { value: 1 } } })
    expect(Object.keys(verdict.other!.metrics).sort()).toEqual([
      'image_accuracy',
      'image_auroc',
      'image_f1',
      'image_precision',
      'image_recall',
      'pixel_auroc',
      'pixel_f1',
    ])
    expect(verdict.other!.note).toBe(
      'score: mean of the 20 largest cells of the whole map, as a border of 20 leaves nothing of 4 x 4; limit: the best F1 on the test images: an oracle that has seen them; pixels: px of defective images alone, at most 250 images, drawn by the seed, at 512 x 512 px, maps stretched over the image, 20 px left out on each side, every map scaled to its own 0 to 1',
    )
  })

  test('cuts 20 cells where the grid allows', async () => {
    const header = { ...HEADER, grid: 44, size: 44 }
    const map = new Float32Array(44 * 44)
    map[0] = 100 // in the border
    map[21 * 44 + 21] = 3
    const flat = new Float32Array(44 * 44).fill(1)
    const mask = pixelsOf(Uint8Array.from({ length: 44 * 44 }, (_, i) => (i === 0 ? 255 : 0)))
    const { verdict } = await evaluateImages(
      [
        { id: 'a', score: 1, map: flat, mask: pixelsOf(new Uint8Array(44 * 44)) },
        { id: 'b', label: 'nok', score: 100, map, mask },
      ],
      MINE,
      { header },
    )
    expect(verdict.metrics.image_auroc.value).toBe(1)
    expect(verdict.other!.metrics.image_auroc?.value).toBe(0) // 3 of 16 cells, and zeros, below the flat 1
    expect(verdict.other!.note).toMatch(/^score: mean of the 20 largest cells inside a border of 20; /)
  })

  test('is the standard one under the thesis', async () => {
    const { verdict, thresholds } = await evaluateImages([...heldOut([5]), GOOD, BAD], {
      ...MINE,
      protocol: 'thesis',
      threshold_from: 'test_f1',
      pixel_images: 'nok',
      pixel_size: 16,
      minmax_per_image: true,
    })
    const standard = await evaluateImages([...heldOut([5]), GOOD, BAD], MINE)
    expect(verdict.protocol).toBe('thesis')
    expect(verdict.other?.protocol).toBe('standard')
    expect(verdict.other?.metrics.pixel_aupro?.value).toBe(standard.verdict.metrics.pixel_aupro.value)
    expect(verdict.other?.metrics.pixel_f1?.value).toBe(standard.verdict.metrics.pixel_f1.value)
    expect(thresholds.pixelOrigin).toBe('the best F1 on the px of the test images: an oracle that has seen them')
    expect(thresholds.pixel).toBeGreaterThan(5.9)
    expect(thresholds.pixel).toBeLessThan(6)
  })
})

describe('the colour scale', () => {
  test('puts the pixel threshold at a third, from held-out images alone', async () => {
    const images = [...heldOut([1, 2, 3, 4]), GOOD, BAD]
    const { thresholds } = await evaluateImages(images, MINE)
    expect(thresholds.scale).toEqual({ low: 2, calm: 4, high: 8 })
    expect(thresholds.pixel).toBe(4)
    const relabelled = await evaluateImages([...heldOut([1, 2, 3, 4]), { ...GOOD, label: 'nok' }, BAD], MINE)
    expect(relabelled.bytes.thresholds).toEqual((await evaluateImages(images, MINE)).bytes.thresholds)
  })

  test('comes from good test images where nothing is held out', async () => {
    const { thresholds } = await evaluateImages([GOOD, BAD], MINE)
    expect(thresholds.scale.calm).toBe(3) // the highest px of GOOD
    expect(thresholds.scale.low).toBeCloseTo(1 / 3 + 1 / 3, 6)
  })

  test('has two ends even where all px are equal, or none is good', async () => {
    const flat = await evaluateImages(heldOut([2, 2]), MINE)
    expect(flat.thresholds.scale).toEqual({ low: 2, calm: 2, high: 4 })
    const none = await evaluateImages([BAD], MINE)
    expect(none.thresholds.scale).toEqual({ low: 0, calm: 0, high: 1 })
  })
})
