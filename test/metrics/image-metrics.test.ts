import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prCurve, rankingRocCurve, rocCurve, truePositiveRatesAt } from '../../metrics/curves.ts'
import {
  accuracy,
  confusion,
  f1,
  f1Max,
  falsePositiveRate,
  precision,
  rankingF1MaxOver,
  recall,
} from '../../metrics/f1.ts'
import { rankScores } from '../../metrics/ranking.ts'
import { auroc, averagePrecision } from '../../metrics/roc.ts'

interface Case {
  name: string
  scores: number[]
  positive: number[]
  auroc: number
  average_precision: number
  f1_max: number
  f1_max_threshold: number
  precision: number[]
  recall: number[]
  fpr: number[]
  tpr: number[]
  roc_thresholds: number[]
  f1_at: [number, number][]
}
const oracle = JSON.parse(readFileSync(new URL('../oracles/metrics_image.json', import.meta.url), 'utf8')) as {
  cases: Case[]
}

describe.each(oracle.cases)('image metrics equal scikit-learn: $name', (expected) => {
  const { scores, positive } = expected

  test('AUROC, average precision and F1-max with its threshold', () => {
    expect(auroc(scores, positive)).toBeCloseTo(expected.auroc, 12)
    expect(averagePrecision(scores, positive)).toBeCloseTo(expected.average_precision, 12)
    expect(f1Max(scores, positive)?.f1).toBeCloseTo(expected.f1_max, 12)
    expect(f1Max(scores, positive)?.threshold).toBe(expected.f1_max_threshold)
  })

  test('every point of the ROC and precision-recall curves', () => {
    const roc = rocCurve(scores, positive)!.slice(1)
    expect(roc.map((p) => p.threshold)).toEqual(expected.roc_thresholds)
    expectClose(
      roc.map((p) => p.falsePositiveRate),
      expected.fpr,
    )
    expectClose(
      roc.map((p) => p.truePositiveRate),
      expected.tpr,
    )
    const pr = prCurve(scores, positive)!
    expectClose(
      pr.map((p) => p.recall),
      expected.recall,
    )
    expectClose(
      pr.map((p) => p.precision),
      expected.precision,
    )
  })

  test('F1 at a fixed threshold', () => {
    for (const [threshold, value] of expected.f1_at) {
      expect(f1(confusion(scores, positive, threshold)) ?? 0).toBeCloseTo(value, 12)
    }
  })
})

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i], 12)
}

describe('where a class is missing', () => {
  test.each([
    ['no defective item', [1, 2], [0, 0]],
    ['no good item', [1, 2], [1, 1]],
    ['no item', [], []],
  ])('%s: AUROC, average precision and curves are null, never 0.5', (_, scores, positive) => {
    expect(auroc(scores, positive)).toBeNull()
    expect(averagePrecision(scores, positive)).toBeNull()
    expect(rocCurve(scores, positive)).toBeNull()
    expect(prCurve(scores, positive)).toBeNull()
  })

  test('F1-max needs a defective item alone', () => {
    expect(f1Max([1, 2], [0, 0])).toBeNull()
    expect(f1Max([1, 2], [1, 1])).toEqual({ f1: 1, threshold: 1 })
  })

  test('rates without their denominator are null', () => {
    const nothing = { tp: 0, fp: 0, tn: 0, fn: 0 }
    expect([accuracy, precision, recall, falsePositiveRate, f1].map((rate) => rate(nothing))).toEqual(
      Array(5).fill(null),
    )
  })

  test('a score that is not finite is refused', () => {
    expect(() => auroc([1, NaN], [0, 1])).toThrow('score 1 is NaN')
    expect(() => auroc([1], [0, 1])).toThrow('1 scores for 2 labels')
  })
})

describe('a confusion', () => {
  const scores = [0.1, 0.4, 0.4, 0.8]
  const positive = [false, false, true, true]

  test('takes a score at the threshold as OK, and as NOK by the rule of the oracle', () => {
    expect(confusion(scores, positive, 0.4)).toEqual({ tp: 1, fp: 0, tn: 2, fn: 1 })
    expect(confusion(scores, positive, 0.4, '>=')).toEqual({ tp: 2, fp: 1, tn: 1, fn: 0 })
  })

  test('gives accuracy, precision, recall, false positive rate and F1', () => {
    const counts = { tp: 6, fp: 2, tn: 10, fn: 2 }
    expect(accuracy(counts)).toBe(0.8)
    expect(precision(counts)).toBe(0.75)
    expect(recall(counts)).toBe(0.75)
    expect(falsePositiveRate(counts)).toBeCloseTo(1 / 6, 15)
    expect(f1(counts)).toBe(0.75)
  })

  test('F1 over given steps looks at no other threshold', () => {
    const ranking = rankScores(scores, positive)
    expect(rankingF1MaxOver(ranking, [0, 0.3, 0.6, 0.9])).toEqual({ f1: 0.8, threshold: 0.3 })
    expect(rankingF1MaxOver(ranking, [0.9])).toEqual({ f1: 0, threshold: 0.9 })
    expect(rankingF1MaxOver(rankScores([1], [0]), [0.5])).toBeNull()
  })
})

describe('a thinned curve', () => {
  const scores = Array.from(
    { length: 5000 },
    (_, i) => Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453),
  )
  const positive = scores.map((s, i) => (i * 7919) % 13 < 3 + 4 * s)

  test('has at most the points asked for, with both ends', () => {
    const thinned = rocCurve(scores, positive, 64)!
    expect(thinned.length).toBeLessThanOrEqual(64)
    expect(thinned.length).toBeGreaterThan(48)
    expect(thinned[0]).toEqual({ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 })
    expect(thinned.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 })
    expect(prCurve(scores, positive, 64)!.length).toBeLessThanOrEqual(64)
    expect(prCurve(scores, positive, 64)!.at(-1)!.recall).toBe(1)
  })

  test('holds only points of the whole curve and leaves no gap wider than its step', () => {
    const whole = new Set(rankingRocCurve(rankScores(scores, positive), 1e6)!.map((p) => JSON.stringify(p)))
    const thinned = rocCurve(scores, positive, 64)!
    for (const [i, point] of thinned.entries()) {
      expect(whole).toContain(JSON.stringify(point))
      if (i === 0) continue
      const before = thinned[i - 1]
      const step = point.falsePositiveRate - before.falsePositiveRate + point.truePositiveRate - before.truePositiveRate
      expect(step).toBeLessThan((2 * 2) / 63)
    }
  })

  test('the true positive rate at a false positive rate lies on the curve', () => {
    const ranking = rankScores([1, 2, 2, 3, 4, 5], [0, 1, 0, 1, 0, 1])
    // Points (0, 1/3), (1/3, 1/3), (1/3, 2/3), (2/3, 1), (1, 1).
    const rates = truePositiveRatesAt(ranking, [0, 1 / 6, 1 / 3, 1 / 2, 1])!
    expectClose(rates, [1 / 3, 1 / 3, 2 / 3, 5 / 6, 1])
  })
})

describe('for any scores and labels', () => {
  const items = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.boolean()), { minLength: 2, maxLength: 60 })
  const split = (pairs: [number, boolean][]): [number[], boolean[]] => [pairs.map((p) => p[0]), pairs.map((p) => p[1])]

  test('AUROC is the share of pairs in order, ties half', () => {
    fc.assert(
      fc.property(items, (pairs) => {
        const [scores, positive] = split(pairs)
        let won = 0
        let all = 0
        for (const [a, aDefective] of pairs) {
          for (const [b, bDefective] of pairs) {
            if (!aDefective || bDefective) continue
            all++
            won += a > b ? 1 : a === b ? 0.5 : 0
          }
        }
        const expected = all === 0 ? null : won / all
        const found = auroc(scores, positive)
        if (expected === null || found === null) expect(found).toBe(expected)
        else expect(found).toBeCloseTo(expected, 12)
      }),
    )
  })

  test('AUROC, average precision and F1-max stay under a rising transform of the scores', () => {
    fc.assert(
      fc.property(items, (pairs) => {
        const [scores, positive] = split(pairs)
        const bent = scores.map((s) => Math.exp(s / 7) - 3)
        expect(auroc(bent, positive)).toBe(auroc(scores, positive))
        expect(averagePrecision(bent, positive)).toBe(averagePrecision(scores, positive))
        expect(f1Max(bent, positive)?.f1).toBe(f1Max(scores, positive)?.f1)
      }),
    )
  })

  test('AUROC of turned scores, or of turned labels, is the complement', () => {
    fc.assert(
      fc.property(items, (pairs) => {
        const [scores, positive] = split(pairs)
        const value = auroc(scores, positive)
        fc.pre(value !== null)
        const turned = scores.map((s) => -s)
        const swapped = positive.map((p) => !p)
        expect(auroc(turned, positive)).toBeCloseTo(1 - value, 12)
        expect(auroc(scores, swapped)).toBeCloseTo(1 - value, 12)
        expect(auroc(turned, swapped)).toBeCloseTo(value, 12)
      }),
    )
  })

  test('F1-max is reached at its own threshold and at no other score exceeded', () => {
    fc.assert(
      fc.property(items, (pairs) => {
        const [scores, positive] = split(pairs)
        const best = f1Max(scores, positive)
        fc.pre(best !== null)
        expect(f1(confusion(scores, positive, best.threshold, '>='))).toBeCloseTo(best.f1, 12)
        for (const s of scores) expect(f1(confusion(scores, positive, s, '>='))!).toBeLessThanOrEqual(best.f1 + 1e-12)
      }),
    )
  })
})
