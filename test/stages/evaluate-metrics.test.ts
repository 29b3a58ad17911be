import { describe, expect, test } from 'vitest'
import type { MetricName } from '../../artifacts/verdict.ts'
import { auroc, averagePrecision } from '../../metrics/roc.ts'
import { digestBytes } from '../../base/digest.ts'
import { evaluateStandard } from '../../stages/evaluate/standard.ts'
import { METRIC_NAMES } from '../../stages/evaluate/settings.ts'
import { evaluateImages, heldOut, tested, upTo } from './evaluate-rig.ts'
import type { TestImage } from './task-rig.ts'

const IMAGE_METRICS = METRIC_NAMES.filter((name) => name.startsWith('image_'))

describe('image metrics', () => {
  test('are those of the scores and labels, ties averaged', async () => {
    const good = [1, 2, 2, 3]
    const bad = [2, 3, 5]
    const { verdict } = await evaluateImages([...heldOut(upTo(3)), ...tested(good, bad)], {
      image_fpr: { close: 0.5, nok: 0.5 },
    })
    const scores = [...good, ...bad]
    const positive = scores.map((_, i) => i >= good.length)
    expect(verdict.metrics.image_auroc.value).toBeCloseTo(9.5 / 12, 12) // pairs won 2, 3.5 and 4 of 4 each
    expect(verdict.metrics.image_auroc.value).toBe(auroc(scores, positive))
    expect(verdict.metrics.image_ap.value).toBe(averagePrecision(scores, positive))
    expect(verdict.metrics.image_ap.value).toBeCloseTo(1 / 3 + (2 / 3) * (1 / 3) + (3 / 6) * (1 / 3), 12)
    // limit 2: NOK are 3, 3 and 5
    expect(verdict.metrics.image_precision.value).toBeCloseTo(2 / 3, 12)
    expect(verdict.metrics.image_recall.value).toBeCloseTo(2 / 3, 12)
    expect(verdict.metrics.image_accuracy.value).toBeCloseTo(5 / 7, 12)
    expect(verdict.metrics.image_f1.value).toBeCloseTo(2 / 3, 12)
    expect(verdict.metrics.image_f1_max).toMatchObject({
      value: 4 / 6, // NOK from 3 on: 2 of 3 found, 1 of 3 wrong; NOK at 5 alone: 0.5
      note: 'best threshold seen on the test images: an oracle',
    })
  })

  test('leave unknown labels out, and still decide them', async () => {
    const unknown: TestImage = { id: 'test/x', label: 'unknown', score: 99 }
    const images = [...heldOut([1]), ...tested([0], [2])]
    const { verdict } = await evaluateImages([...images, unknown])
    const without = await evaluateImages(images)
    expect(verdict.metrics).toEqual(without.verdict.metrics)
    expect(verdict.counts).toEqual({ train: 0, heldOut: 1, ok: 1, nok: 1, unknown: 1 })
    expect(verdict.items.find(({ id }) => id === 'test/x')).toMatchObject({ label: 'unknown', decision: 'NOK' })
  })

  test('of good images alone are null with the reason, and decisions are given', async () => {
    const { verdict } = await evaluateImages([...heldOut([1, 2]), ...tested([1, 3], [])])
    for (const name of METRIC_NAMES) {
      if (name === 'image_accuracy') continue
      expect(verdict.metrics[name].value, name).toBeNull()
      expect(verdict.metrics[name].note, name).toBe('no defective test image')
    }
    expect(verdict.metrics.image_accuracy.value).toBe(0.5)
    expect(verdict.confusion).toEqual({ ok: { OK: 1, CLOSE: 0, NOK: 1 }, nok: { OK: 0, CLOSE: 0, NOK: 0 } })
    expect([verdict.roc, verdict.pr]).toEqual([[], []])
    expect(verdict.other?.metrics.image_auroc).toEqual({ value: null, note: 'no defective test image' })
  })

  test('of defective images alone are null with the reason', async () => {
    const { verdict } = await evaluateImages([...heldOut([1]), ...tested([], [3, 4])])
    expect(verdict.metrics.image_auroc).toEqual({ value: null, note: 'no good test image' })
    expect(verdict.metrics.image_recall.value).toBe(1)
  })

  test('without any test image are null', async () => {
    const { verdict } = await evaluateImages(heldOut([1, 2]))
    for (const name of IMAGE_METRICS)
      expect(verdict.metrics[name]).toEqual({ value: null, note: 'no labelled test image' })
    expect(verdict).toMatchObject({ pixels: null, other: null, items: [{ decision: 'OK' }, { decision: 'OK' }] })
  })

  test('give the curves from corner to corner', async () => {
    const { verdict } = await evaluateImages(tested([1, 2], [3, 0]))
    expect(verdict.roc).toEqual([
      [0, 0],
      [0, 0.5],
      [0.5, 0.5],
      [1, 0.5],
      [1, 1],
    ])
    expect(verdict.pr.at(-1)).toEqual([1, 0.5])
  })
})

describe('intervals', () => {
  const noisy = tested(
    upTo(20).map((n) => n % 11),
    upTo(20).map((n) => (n % 13) + 3),
  )

  test('hold the value and are wider over parts than over images', async () => {
    const parted = noisy.map((image, i) => ({ ...image, part: `${image.label ?? 'ok'}${Math.floor(i / 5)}` }))
    const images = await evaluateImages(noisy, { resamples: 400 })
    const parts = await evaluateImages(parted, { resamples: 400 })
    const [low, high] = images.verdict.metrics.image_auroc.interval!
    expect(images.verdict.metrics.image_auroc.value).toBeGreaterThan(low)
    expect(images.verdict.metrics.image_auroc.value).toBeLessThan(high)
    expect(images.verdict.bootstrap).toMatchObject({ resamples: 400, groups: 'images' })
    expect(parts.verdict.bootstrap).toMatchObject({ resamples: 400, groups: 'parts' })
    expect(parts.verdict.metrics.image_auroc.interval).not.toEqual(images.verdict.metrics.image_auroc.interval)
  })

  test('depend on the seed alone, and are absent without resamples', async () => {
    const [one, same, other, none] = await Promise.all([
      evaluateImages(noisy, {}, { seed: 1 }),
      evaluateImages(noisy, {}, { seed: 1 }),
      evaluateImages(noisy, {}, { seed: 2 }),
      evaluateImages(noisy, { resamples: 0 }),
    ])
    const interval = ({ verdict }: typeof one, name: MetricName = 'image_auroc') => verdict.metrics[name].interval
    expect(interval(one)).toEqual(interval(same))
    expect(interval(one)).not.toEqual(interval(other))
    expect(interval(none)).toBeUndefined()
  })
})

describe('rows', () => {
  test('of defects stand worst first, each against all good images', async () => {
    const named = (id: string, defect: string, score: number): TestImage => ({ id, label: 'nok', defect, score })
    const { verdict } = await evaluateImages([
      ...heldOut([4]),
      ...tested([1, 2, 3, 4], []),
      named('a', 'burn', 9),
      named('b', 'burn', 2.5),
      named('c', 'dent', 8),
    ])
    expect(
      verdict.defects.map(({ defect, images, recall, imageAuroc }) => [defect, images, recall.value, imageAuroc.value]),
    ).toEqual([
      ['burn', 2, 0.5, 0.75],
      ['dent', 1, 1, 1],
    ])
    expect(verdict.defects[0].medianAreaShare).toBeNull()
  })

  test('of defects are left out where no defect has a name', async () => {
    const { verdict } = await evaluateImages(tested([1], [2]))
    expect(verdict.defects).toEqual([])
  })
})

describe('parts', () => {
  test('score as their highest image and are defective if one image is', async () => {
    const view = (id: string, part: string, score: number, label: TestImage['label'] = 'ok'): TestImage => ({
      id,
      part,
      score,
      label,
    })
    const { verdict } = await evaluateImages([
      view('a1', 'a', 1),
      view('a2', 'a', 5),
      view('b1', 'b', 2),
      view('c1', 'c', 3, 'nok'),
      view('c2', 'c', 4, 'nok'),
    ])
    expect(verdict.parts).toMatchObject({ parts: 3, auroc: { value: 0.5 } }) // 4 beats 2, not 5
    expect(verdict.metrics.image_auroc.value).toBeCloseTo(4 / 6, 12)
  })

  test('of one image each add nothing', async () => {
    const { verdict } = await evaluateImages([
      { id: 'a', part: 'a', score: 1 },
      { id: 'b', part: 'b', label: 'nok', score: 2 },
    ])
    expect(verdict.parts).toBeNull()
  })
})

describe('grey baselines', () => {
  const grey = (image: TestImage, greyMean: number, greyDeviation = 10): TestImage => ({
    ...image,
    facts: { width: 4, height: 4, greyMean, greyDeviation },
  })

  test('stand beside the model, with a warning where one comes near it', async () => {
    const [ok0, ok1, nok0, nok1] = tested([1, 2], [3, 4])
    const { verdict, context } = await evaluateImages([
      grey({ id: 'train/a', split: 'train' }, 100),
      grey({ id: 'train/b', split: 'train' }, 110),
      grey(ok0, 100, 5),
      grey(ok1, 112, 5),
      grey(nok0, 130, 4),
      grey(nok1, 150, 4),
    ])
    expect(verdict.counts.train).toBe(2)
    expect(Object.entries(verdict.baselines.image).map(([name, { value }]) => [name, value])).toEqual([
      ['distance_from_the_training_mean_grey', 1],
      ['grey_deviation', 0],
      ['mean_grey', 1],
    ])
    expect(verdict.baselines.warnings).toEqual([
      'mean grey alone reaches image AUROC 1.000, near the model’s 1.000',
      'distance from the training mean grey alone reaches image AUROC 1.000, near the model’s 1.000',
      'grey deviation alone tells the classes apart the other way round: image AUROC 0.000; were good and defective images recorded alike?',
    ])
    expect(context.logged).toEqual(verdict.baselines.warnings)
  })

  test('are missing where grey values are not known', async () => {
    const { verdict } = await evaluateImages(tested([1], [2]).map((image) => ({ ...image, facts: null })))
    expect(verdict.baselines.image).toEqual({})
  })
})

describe('the stage', () => {
  const images = [...heldOut(upTo(5)), ...tested([1, 2, 3], [2, 5, 9])]

  test('gives the same bytes whatever the order of its items', async () => {
    const one = await evaluateImages(images)
    const other = await evaluateImages([...images].reverse())
    expect(other.bytes).toEqual(one.bytes)
    expect(Buffer.from(one.bytes.thresholds).toString()).toMatch(/^\{"bound":0\.16666666666666666,"heldOut":5,/)
  })

  test('gives these bytes in version 2: other ones need a higher version', async () => {
    const { bytes } = await evaluateImages(images, { pixel_fpr: 0.1 })
    expect(evaluateStandard.version).toBe(2)
    expect(digestBytes(bytes.thresholds)).toBe('53a7aaf6652e4d8b154f73878ef54eb0a97740db26415c1c2568c1d9d16989ad')
    expect(digestBytes(bytes.verdict)).toBe('9a68d05ed32cea9f7d68a27859ff6fb86dbff8f9fd4cd1de8321ff4fac86d186')
  })

  test('tells of its progress up to the end', async () => {
    const { context } = await evaluateImages(images)
    expect(context.progressed.at(0)).toEqual([1, 17])
    expect(context.progressed.at(-1)).toEqual([17, 17])
    expect(context.progressed.map(([done]) => done)).toEqual(
      [...context.progressed.map(([done]) => done)].sort((a, b) => a - b),
    )
  })

  test('stops between two images when cancelled', async () => {
    const controller = new AbortController()
    const running = evaluateImages(images, {}, { signal: controller.signal })
    controller.abort(new Error('cancelled'))
    await expect(running).rejects.toThrow('cancelled')
  })
})
