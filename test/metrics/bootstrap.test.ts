import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { bootstrapInterval, bootstrapIntervals, quantile } from '../../metrics/bootstrap.ts'
import { PixelMetrics } from '../../metrics/pixel.ts'
import { weightedRanking } from '../../metrics/ranking.ts'
import { rankingAuroc, rankingAveragePrecision } from '../../metrics/roc.ts'
import { aupro } from '../../metrics/aupro.ts'

const oracle = JSON.parse(readFileSync(new URL('../oracles/metrics_image.json', import.meta.url), 'utf8')) as {
  cases: { name: string; scores: number[]; positive: number[]; delong: [number, number] }[]
}
const each = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const count = (weights: Float64Array, pick: (i: number) => boolean): number =>
  weights.reduce((sum, w, i) => sum + (pick(i) ? w : 0), 0)

describe('the bootstrap', () => {
  test.each(oracle.cases.slice(0, 2))(
    'agrees with DeLong on the AUROC interval: $name',
    ({ scores, positive, delong }) => {
      const ranked = weightedRanking(scores, positive)
      const { low, high, resamples, groups } = bootstrapInterval({
        groups: each(scores.length),
        labels: positive,
        seed: 7,
        resamples: 4000,
        statistic: (weights) => rankingAuroc(ranked(weights)),
      })!
      expect([resamples, groups]).toEqual([4000, scores.length])
      expect(low).toBeCloseTo(delong[0], 1.5)
      expect(high).toBeCloseTo(delong[1], 1.5)
      expect((high - low) / (delong[1] - delong[0])).toBeGreaterThan(0.88)
      expect((high - low) / (delong[1] - delong[0])).toBeLessThan(1.12)
    },
  )

  test('draws as many good and as many defective images as there are', () => {
    const labels = [0, 1, 0, 1, 1, 0, 0]
    bootstrapInterval({
      groups: each(7),
      labels,
      seed: 1,
      resamples: 50,
      statistic: (weights) => {
        expect(count(weights, (i) => labels[i] === 0)).toBe(4)
        expect(count(weights, (i) => labels[i] === 1)).toBe(3)
        return 0
      },
    })
  })

  test('draws the images of a group together, and groups of both classes among themselves', () => {
    const groups = ['a', 'a', 'b', 'c', 'c', 'd', 'd', 'e']
    const labels = [0, 0, 0, 0, 1, 1, 0, 1]
    bootstrapInterval({
      groups,
      labels,
      seed: 'x',
      resamples: 50,
      statistic: (weights) => {
        for (const [i, j] of [
          [0, 1],
          [3, 4],
          [5, 6],
        ])
          expect(weights[i]).toBe(weights[j])
        expect(weights[0] + weights[2]).toBe(2) // good groups a and b
        expect(weights[3] + weights[5]).toBe(2) // mixed groups c and d
        expect(weights[7]).toBe(1) // the only defective group
        return 0
      },
    })
  })

  test('the same seed gives the same resamples for every statistic, another seed others', () => {
    const drawn = (seed: number, groups: readonly string[]): string[] => {
      const seen: string[] = []
      const labels = groups.map((g) => g < 'c')
      bootstrapInterval({ groups, labels, seed, resamples: 5, statistic: (w) => seen.push(w.join()) })
      return seen
    }
    expect(drawn(3, ['a', 'b', 'c', 'd', 'e'])).toEqual(drawn(3, ['a', 'b', 'c', 'd', 'e']))
    expect(drawn(3, ['a', 'b', 'c', 'd', 'e'])).not.toEqual(drawn(4, ['a', 'b', 'c', 'd', 'e']))
    const turned = drawn(3, ['e', 'd', 'c', 'b', 'a']).map((line) => line.split(',').reverse().join())
    expect(turned).toEqual(drawn(3, ['a', 'b', 'c', 'd', 'e']))
  })

  test('the interval of a paired difference is narrower than the two intervals say', () => {
    const random = seededRandom('paired')
    const labels = each(120).map((i) => i % 2)
    const first = labels.map((label) => random.normal() + label)
    const second = first.map((s) => s + 0.1 * random.normal())
    const [a, b] = [weightedRanking(first, labels), weightedRanking(second, labels)]
    const [one, difference] = bootstrapIntervals({
      groups: each(120),
      labels,
      seed: 2,
      statistics: (w) => {
        const auroc = rankingAuroc(a(w))!
        return [auroc, auroc - rankingAuroc(b(w))!]
      },
    })
    expect(difference!.high - difference!.low).toBeLessThan((one!.high - one!.low) / 3)
  })

  test('leaves out resamples where the statistic is undefined, and is null where it always is', () => {
    let call = 0
    const resampling = { groups: [1, 2, 3], labels: [0, 1, 1], seed: 0, resamples: 10 }
    const half = bootstrapInterval({ ...resampling, statistic: () => (call++ % 2 === 0 ? 4 : null) })
    expect(half).toEqual({ low: 4, high: 4, level: 0.95, resamples: 5, groups: 3 })
    expect(bootstrapInterval({ ...resampling, statistic: () => null })).toBeNull()
  })

  test('pixel metrics come from the per-image histograms, and equal measuring the resample anew', () => {
    const random = seededRandom('pixels')
    const images = each(16).map((n) => {
      const labels = new Int32Array(400)
      if (n % 2 === 1) labels.fill(1, 40 + n, 80 + 2 * n)
      const map = Float32Array.from(labels, (label) => Math.exp(random.normal() + label + 0.05 * n))
      const mask = n % 2 === 1 ? Uint8Array.from(labels) : null
      return { map, mask, regions: mask && { labels, count: 1 }, nok: n % 2 === 1 }
    })
    const metrics = new PixelMetrics()
    for (const image of images) metrics.add(image)
    const histograms = metrics.imageHistograms()
    const resampling = { groups: each(16), labels: images.map((image) => image.nok), seed: 5, resamples: 40 }

    const quick = bootstrapIntervals({
      ...resampling,
      statistics: (weights) => {
        const ranking = histograms.ranking(weights)
        return [rankingAuroc(ranking), rankingAveragePrecision(ranking), aupro(ranking)]
      },
    })
    const anew = bootstrapIntervals({
      ...resampling,
      statistics: (weights) => {
        const again = new PixelMetrics()
        for (const [i, image] of images.entries()) for (let n = 0; n < weights[i]; n++) again.add(image)
        const { auroc, averagePrecision, aupro: pro } = again.result()
        return [auroc, averagePrecision, pro]
      },
    })
    for (const [m, interval] of quick.entries()) {
      expect(Math.abs(interval!.low - anew[m]!.low)).toBeLessThan(3e-3)
      expect(Math.abs(interval!.high - anew[m]!.high)).toBeLessThan(3e-3)
    }
  })
})

test('a quantile is linear between neighbours', () => {
  expect(quantile([1, 2, 4], 0)).toBe(1)
  expect(quantile([1, 2, 4], 0.25)).toBe(1.5)
  expect(quantile([1, 2, 4], 0.75)).toBe(3)
  expect(quantile([1, 2, 4], 1)).toBe(4)
  expect(quantile([5], 0.3)).toBe(5)
})
