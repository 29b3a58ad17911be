import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { aupro } from '../../metrics/aupro.ts'
import { confusion } from '../../metrics/f1.ts'
import type { PixelImage } from '../../metrics/pixel-image.ts'
import { rankingAuroc } from '../../metrics/roc.ts'
import { PixelMetrics, type PixelMetricsResult } from '../../metrics/pixel.ts'

interface Figures {
  auroc: number | null
  average_precision: number | null
  f1_max: number | null
  aupro: number | null
}
interface Case {
  name: string
  step: number
  images: { codes: number[]; labels: number[]; regions: number; nok: boolean }[]
  all: Figures
  nok: Figures
  threshold: number
  confusion: [number, number, number, number]
}
const oracle = JSON.parse(readFileSync(new URL('../oracles/metrics_pixel.json', import.meta.url), 'utf8')) as {
  cases: Case[]
  aupimo: {
    low: number
    high: number
    images: { codes: number[]; labels: number[]; nok: boolean }[]
    values: number[]
  }[]
}

const imagesOf = ({ images, step }: Case): PixelImage[] =>
  images.map(({ codes, labels, regions, nok }) => ({
    map: Float32Array.from(codes, (code) => code * step),
    mask: nok ? Uint8Array.from(labels, (label) => (label > 0 ? 255 : 0)) : null,
    regions: nok ? { labels: Int32Array.from(labels), count: regions } : null,
    nok,
  }))

function measure(images: readonly PixelImage[], options?: ConstructorParameters<typeof PixelMetrics>[0]): PixelMetrics {
  const metrics = new PixelMetrics(options)
  for (const image of images) metrics.add(image)
  return metrics
}

function expectWithin(actual: number | null | undefined, expected: number | null, bound: number): void {
  if (expected === null || actual === null || actual === undefined) expect(actual ?? null).toBe(expected)
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(bound + 1e-12)
}

describe.each(oracle.cases)('pixel metrics equal scikit-learn and AUPRO its definition: $name', (expected) => {
  const images = imagesOf(expected)

  test.each(['all', 'nok'] as const)('exactly, pooling %s', (pooling) => {
    const found = measure(images).result(pooling)
    expect(found.method).toBe('exact')
    expect(found.bounds).toEqual({ auroc: 0, averagePrecision: 0, aupro: 0, f1: 0 })
    expectWithin(found.auroc, expected[pooling].auroc, 0)
    expectWithin(found.averagePrecision, expected[pooling].average_precision, 0)
    expectWithin(found.aupro, expected[pooling].aupro, 0)
    if (expected[pooling].f1_max !== null) expectWithin(found.f1Max?.f1, expected[pooling].f1_max, 0)
  })

  test.each(['all', 'nok'] as const)('by histogram within the bounds it states, pooling %s', (pooling) => {
    const found = measure(images, { exactPx: 0 }).result(pooling)
    expect(found.method).toBe('histogram')
    expectWithin(found.auroc, expected[pooling].auroc, found.bounds.auroc)
    expectWithin(found.averagePrecision, expected[pooling].average_precision, found.bounds.averagePrecision)
    expectWithin(found.aupro, expected[pooling].aupro, found.bounds.aupro)
  })

  test('the confusion at a threshold, exact either way', () => {
    const [tp, fp, tn, fn] = expected.confusion
    for (const exactPx of [0, 1e6]) {
      expect(measure(images, { exactPx, thresholds: [expected.threshold] }).confusions()).toEqual([{ tp, fp, tn, fn }])
    }
  })
})

/** Images of smooth-ish scores with square defects, the first half good; one region for each square. */
function synthetic(count: number, side: number, seed: number, shift = 1.2): PixelImage[] {
  const random = seededRandom('synthetic', seed)
  return Array.from({ length: count }, (_, n) => {
    const nok = n >= count / 2
    const labels = new Int32Array(side * side)
    const squares = nok ? 3 : 0
    for (let label = 1; label <= squares; label++) {
      const size = 2 + random.below(side / 8)
      const left = Math.floor(((label - 1) * side) / 3)
      const top = random.below(side - size)
      for (let y = top; y < top + size; y++) labels.fill(label, y * side + left, y * side + left + size)
    }
    const map = Float32Array.from(labels, (label) => Math.exp(random.normal() + (label > 0 ? shift : 0)))
    const mask = nok ? Uint8Array.from(labels, (label) => (label > 0 ? 1 : 0)) : null
    return { map, mask, regions: nok ? { labels, count: squares } : null, nok }
  })
}

describe('the histogram', () => {
  const images = synthetic(8, 96, 3)
  const exact = measure(images).result()
  const binned = measure(images, { exactPx: 0 }).result()

  test('takes over above the limit and says so', () => {
    const px = 8 * 96 * 96
    expect(measure(images, { exactPx: px }).result().method).toBe('exact')
    expect(measure(images, { exactPx: px - 1 }).result().method).toBe('histogram')
  })

  test('states bounds that hold and are small', () => {
    for (const name of ['auroc', 'averagePrecision', 'aupro'] as const) {
      expectWithin(binned[name], exact[name], binned.bounds[name])
      expect(binned.bounds[name]).toBeGreaterThan(0)
      expect(binned.bounds[name]).toBeLessThan(2e-3)
    }
    expect(binned.f1Max!.f1).toBeLessThanOrEqual(exact.f1Max!.f1)
    expect(exact.f1Max!.f1 - binned.f1Max!.f1).toBeLessThanOrEqual(binned.bounds.f1 + 1e-12)
  })

  test('reaches its F1-max at the threshold it names', () => {
    const { f1, threshold } = binned.f1Max!
    const scores = images.flatMap(({ map }) => [...map])
    const positive = images.flatMap(({ map, mask }) => [...(mask ?? new Uint8Array(map.length))])
    const { tp, fp, fn } = confusion(scores, positive, threshold, '>=')
    expect((2 * tp) / (2 * tp + fp + fn)).toBeCloseTo(f1, 12)
  })

  test('bounds hold for any scores, however badly they share bins', () => {
    // Scores within a few bins of each other, of both signs, with ties.
    const px = fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 3 }))
    fc.assert(
      fc.property(fc.array(px, { minLength: 2, maxLength: 80 }), fc.constantFrom(1, 1000), (pixels, offset) => {
        const labels = Int32Array.from(pixels, ([, label]) => label)
        const image: PixelImage = {
          map: Float32Array.from(pixels, ([code]) => offset + code / 64),
          mask: Uint8Array.from(labels, (label) => (label > 0 ? 1 : 0)),
          regions: { labels, count: 3 },
          nok: true,
        }
        const found = measure([image], { exactPx: 0 }).result()
        const truth = measure([image]).result()
        for (const name of ['auroc', 'averagePrecision', 'aupro'] as const) {
          expectWithin(found[name], truth[name], found.bounds[name])
        }
        expectWithin(found.f1Max?.f1, truth.f1Max?.f1 ?? null, found.bounds.f1)
      }),
      { numRuns: 40 },
    )
  }, 30_000)
})

describe('pixel metrics', () => {
  const figures = ({ auroc, averagePrecision, aupro, f1Max }: PixelMetricsResult) => [
    auroc,
    averagePrecision,
    aupro,
    f1Max?.f1,
  ]

  test('do not depend on the order of the images', () => {
    const images = synthetic(6, 32, 5)
    for (const exactPx of [0, 1e6]) {
      const found = figures(measure(images, { exactPx }).result())
      const turned = figures(measure(images.toReversed(), { exactPx }).result())
      for (const [i, value] of found.entries()) expect(turned[i]).toBeCloseTo(value!, 12)
    }
  })

  test('stay under a rising transform of the scores', () => {
    const images = synthetic(4, 32, 9)
    const found = figures(measure(images).result())
    const doubled = images.map((image) => ({ ...image, map: image.map.map((s) => 8 * s) }))
    expect(figures(measure(doubled).result())).toEqual(found)
    // Times a power of two moves every bin by the same number of bins.
    expect(figures(measure(doubled, { exactPx: 0 }).result())).toEqual(
      figures(measure(images, { exactPx: 0 }).result()),
    )
  })

  test('zero and minus zero are one score', () => {
    const image: PixelImage = {
      map: Float32Array.of(0, -0, -0, 0),
      mask: Uint8Array.of(1, 0, 1, 0),
      regions: null,
      nok: true,
    }
    const good: PixelImage = { map: Float32Array.of(-0, 0), mask: null, regions: null, nok: false }
    for (const exactPx of [0, 100]) {
      expect(measure([image], { exactPx }).result().auroc).toBe(0.5)
      expect(measure([image, good], { exactPx }).result().auroc).toBe(0.5)
    }
  })

  test('without regions AUPRO alone is undefined', () => {
    const image: PixelImage = { map: Float32Array.of(1, 2, 3), mask: Uint8Array.of(0, 0, 1), regions: null, nok: true }
    expect(measure([image]).result()).toMatchObject({ auroc: 1, aupro: null, regions: 0 })
  })

  test('AUPRO is undefined where the regions of one defective image of several are not known', () => {
    const images = synthetic(4, 16, 2)
    const unknown = images.map((image, i) => (i === 3 ? { ...image, regions: null } : image))
    for (const exactPx of [0, 1e6]) {
      const metrics = measure(unknown, { exactPx })
      expect(metrics.result().aupro).toBeNull()
      expect(metrics.result().auroc).toBe(measure(images, { exactPx }).result().auroc)
      expect(aupro(metrics.imageHistograms().ranking(null))).toBeNull()
      expect(aupro(metrics.imageHistograms().ranking([1, 1, 1, 0]))).not.toBeNull()
    }
  })

  test('a perfect map has an AUPRO of 1 and a constant one of 0.15', () => {
    const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 2)
    const mask = Uint8Array.from(labels, (label) => (label > 0 ? 1 : 0))
    const of = (map: Float32Array) => measure([{ map, mask, regions: { labels, count: 2 }, nok: true }]).result().aupro
    expect(of(Float32Array.from(mask))).toBeCloseTo(1, 12)
    expect(of(new Float32Array(10))).toBeCloseTo(0.15, 12) // the diagonal up to 0.3
  })

  test('AUPRO takes another limit', () => {
    const { ranking } = measure(synthetic(4, 32, 9)).ranking()
    expect(aupro(ranking, 0.05)!).toBeLessThan(aupro(ranking, 0.3)!)
    expect(aupro(ranking, 1)!).toBeGreaterThan(aupro(ranking, 0.3)!)
  })

  test('the pooling foreground sees the px of the part alone', () => {
    const [good, bad] = [synthetic(2, 16, 1)[0], synthetic(2, 16, 1)[1]]
    const foreground = Uint8Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? 1 : 0))
    const left = ({ map, regions, nok }: PixelImage): PixelImage => {
      const pick = <T extends Float32Array | Int32Array>(values: T) => values.filter((_, i) => i % 16 < 8) as T
      const labels = regions && pick(regions.labels)
      return { map: pick(map), mask: labels && Uint8Array.from(labels), regions: labels && { labels, count: 3 }, nok }
    }
    const found = measure(
      [
        { ...good, foreground },
        { ...bad, foreground },
      ],
      { foreground: true, thresholds: [2] },
    )
    const cut = measure([left(good), left(bad)], { thresholds: [2] })
    expect(found.result('foreground')).toEqual({ ...cut.result(), pooling: 'foreground' })
    expect(found.confusions('foreground')).toEqual(cut.confusions())
    expect(found.result()).toEqual(measure([good, bad]).result())
    expect(() => cut.result('foreground')).toThrow('was not asked for')
  })

  test('refuse what does not fit together', () => {
    const map = Float32Array.of(1, 2)
    const add = (image: Partial<PixelImage>) => () => measure([{ map, mask: null, regions: null, nok: true, ...image }])
    expect(add({ mask: Uint8Array.of(1) })).toThrow('a mask of 1 px does not fit an error map of 2 px')
    expect(add({ map: Float32Array.of(1, NaN) })).toThrow('not finite')
    expect(add({ map: Float32Array.of(1, -NaN) })).toThrow('not finite')
    expect(add({ mask: Uint8Array.of(1, 1), regions: { labels: Int32Array.of(0, 1), count: 1 } })).toThrow(
      'region labels and mask differ',
    )
    expect(add({ mask: Uint8Array.of(0, 1), regions: { labels: Int32Array.of(0, 2), count: 1 } })).toThrow(
      'label 2 of 1 regions',
    )
  })
})

test('confusions of the pooling nok leave the good images out', () => {
  const good: PixelImage = { map: Float32Array.of(1, 5, 6), mask: null, regions: null, nok: false }
  const bad: PixelImage = { map: Float32Array.of(1, 5, 6), mask: Uint8Array.of(1, 1, 0), regions: null, nok: true }
  const metrics = measure([good, bad], { thresholds: [5, 0] })
  expect(metrics.confusions('all')).toEqual([
    { tp: 0, fp: 2, tn: 2, fn: 2 },
    { tp: 2, fp: 4, tn: 0, fn: 0 },
  ])
  expect(metrics.confusions('nok')).toEqual([
    { tp: 0, fp: 1, tn: 0, fn: 2 },
    { tp: 2, fp: 1, tn: 0, fn: 0 },
  ])
})

describe('per-image histograms', () => {
  const images = synthetic(10, 64, 21)
  const exact = measure(images)
  const histograms = exact.imageHistograms()

  test('give the metrics of the whole set back', () => {
    for (const pooling of ['all', 'nok'] as const) {
      const truth = exact.result(pooling)
      const ranking = histograms.ranking(null, pooling)
      expect(Math.abs(aupro(ranking)! - truth.aupro!)).toBeLessThan(2e-3)
      expect(Math.abs(rankingAuroc(ranking)! - truth.auroc!)).toBeLessThan(2e-3)
      expect(ranking.negatives.reduce((a, b) => a + b)).toBe(truth.goodPx)
      expect(ranking.positives.reduce((a, b) => a + b)).toBe(truth.defectivePx)
      expect(ranking.regions).toBe(truth.regions)
    }
  })

  test('give the metrics of any weighted choice of images', () => {
    const weights = [2, 0, 1, 0, 3, 1, 0, 2, 0, 1]
    const chosen = images.flatMap((image, i) => Array<PixelImage>(weights[i]).fill(image))
    const truth = measure(chosen).result()
    const ranking = histograms.ranking(weights)
    expect(Math.abs(aupro(ranking)! - truth.aupro!)).toBeLessThan(3e-3)
    expect(ranking.regions).toBe(truth.regions)
    expect(histograms.images).toBe(10)
  })
})

describe('AUPIMO', () => {
  test.each(oracle.aupimo)('equals its definition, from $low to $high', ({ low, high, images, values }) => {
    const metrics = new PixelMetrics()
    for (const { codes, labels, nok } of images) {
      const map = Float32Array.from(codes, (code) => 1 + code / 128)
      metrics.add({ map, mask: nok ? Uint8Array.from(labels) : null, regions: null, nok })
    }
    const found = metrics.aupimo({ low, high })!
    const ofDefective = found.values.filter((_, i) => images[i].nok)
    expect(found.values.filter((_, i) => !images[i].nok).every((value) => value === null)).toBe(true)
    expect(ofDefective.length).toBe(values.length)
    for (const [i, value] of ofDefective.entries()) expect(value).toBeCloseTo(values[i], 10)
    expect(found.mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 10)
    expect(found.goodPx).toBe(images.filter((image) => !image.nok).reduce((px, { codes }) => px + codes.length, 0))
  })

  test('is 1 where every defective px is above all good ones, 0 where it is below them', () => {
    const good: PixelImage = { map: Float32Array.of(1, 2, 3, 2), mask: null, regions: null, nok: false }
    const bad = (score: number): PixelImage => ({
      map: Float32Array.of(1, score),
      mask: Uint8Array.of(0, 1),
      regions: null,
      nok: true,
    })
    expect(measure([good, bad(4)]).aupimo()).toEqual({ mean: 1, values: [null, 1], goodPx: 4 })
    expect(measure([good, bad(0.5)]).aupimo()?.mean).toBe(0)
  })

  test('starts with what is above all good px, where the first good px is already beyond the range', () => {
    const good: PixelImage = { map: Float32Array.of(1, 2, 3, 2), mask: null, regions: null, nok: false }
    const bad: PixelImage = { map: Float32Array.of(3, 4), mask: Uint8Array.of(1, 1), regions: null, nok: true }
    // The recall rises from 0.5 at a rate of 1e-5 to 1 at 1/4, linear in the logarithm; its mean up to 1e-4 is that half-way.
    const halfWay = Math.log(10) / 2 / Math.log(0.25 / 1e-5)
    expect(measure([good, bad]).aupimo()?.mean).toBeCloseTo(0.5 + 0.5 * halfWay, 12)
  })

  test('is undefined without good images and without defective px', () => {
    const image: PixelImage = { map: Float32Array.of(1, 2), mask: Uint8Array.of(0, 1), regions: null, nok: true }
    expect(measure([image]).aupimo()).toBeNull()
    expect(measure([{ ...image, mask: null, nok: false }]).aupimo()).toBeNull()
  })
})
