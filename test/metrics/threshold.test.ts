import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pixelQuantile } from '../../metrics/pixel-quantile.ts'
import { conformalLimits, conformalThreshold, decide, pValue } from '../../metrics/threshold.ts'

const oneTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

describe('the conformal threshold', () => {
  test.each([
    [0.05, 19],
    [0.01, 99],
    [0.1, 9],
    [0.005, 199],
    [0.29, 3],
  ])('at a rate of %f needs %i held-out images', (rate, needed) => {
    expect(conformalThreshold(oneTo(needed), rate)).toMatchObject({ enough: true })
    expect(conformalThreshold(oneTo(needed - 1), rate)).toMatchObject({ enough: false })
  })

  test.each([
    [19, 0.05, { threshold: 19, k: 19, n: 19, bound: 0.05, enough: true }],
    [100, 0.05, { threshold: 96, k: 96, n: 100, bound: 5 / 101, enough: true }],
    [99, 0.29, { threshold: 71, k: 71, n: 99, bound: 0.29, enough: true }],
    [10, 0.05, { threshold: 10, k: 10, n: 10, bound: 1 / 11, enough: false }],
    [1, 0.01, { threshold: 1, k: 1, n: 1, bound: 0.5, enough: false }],
  ])('of the scores 1 to %i at a rate of %f', (n, rate, expected) => {
    expect(conformalThreshold(oneTo(n).reverse(), rate)).toEqual(expected)
  })

  test('does not exist without held-out scores, nor for a rate outside 0 to 1', () => {
    expect(conformalThreshold([], 0.05)).toBeNull()
    expect(() => conformalThreshold([1], 0)).toThrow('not 0')
    expect(() => conformalThreshold([1], 1)).toThrow('not 1')
  })

  test('leaves the held-out scores as they were', () => {
    const scores = Float32Array.of(3, 1, 2)
    conformalThreshold(scores, 0.5)
    expect(scores).toEqual(Float32Array.of(3, 1, 2))
  })

  test('has k = ceil((n + 1)(1 - a)) and a bound no higher than the rate where n suffices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 99 }), (n, percent) => {
        const { k, bound, enough } = conformalThreshold(oneTo(n), percent / 100)!
        const exact = Math.ceil(((n + 1) * (100 - percent)) / 100) // whole numbers up to the division
        expect(enough).toBe(exact <= n)
        expect(k).toBe(Math.min(exact, n))
        if (enough) expect(bound).toBeLessThanOrEqual(percent / 100)
      }),
    )
  })

  test('every left-out score of n + 1 is above it with a frequency of at most the rate', () => {
    // The guarantee itself, by counting over all choices of the new item: exact, no sampling.
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 20, maxLength: 60 }),
        fc.integer({ min: 5, max: 50 }),
        (scores, percent) => {
          const rejected = scores.filter((s, i) => {
            const rest = scores.filter((_, j) => j !== i)
            return s > conformalThreshold(rest, percent / 100)!.threshold
          }).length
          expect(rejected / scores.length).toBeLessThanOrEqual(percent / 100 + 1e-12)
        },
      ),
    )
  })
})

describe('the p-value', () => {
  test('counts held-out scores at or above the score', () => {
    expect(pValue(5, oneTo(9))).toBe(0.6)
    expect(pValue(9.5, oneTo(9))).toBe(0.1)
    expect(pValue(0, oneTo(9))).toBe(1)
    expect(pValue(0, [])).toBe(1)
  })

  test('is at most the rate exactly when the score is above the threshold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: -1, max: 31 }),
        fc.integer({ min: 1, max: 99 }),
        (heldOut, score, percent) => {
          const found = conformalThreshold(heldOut, percent / 100)!
          fc.pre(found.enough)
          expect(pValue(score, heldOut) <= percent / 100).toBe(score > found.threshold)
        },
      ),
    )
  })
})

describe('a decision', () => {
  test('is OK up to the first limit, CLOSE up to the second, NOK above', () => {
    const limits = { close: 0.028, nok: 0.0305 }
    expect([0.02, 0.028, 0.029, 0.0305, 0.031].map((s) => decide(s, limits))).toEqual([
      'OK',
      'OK',
      'CLOSE',
      'CLOSE',
      'NOK',
    ])
  })

  test('knows no CLOSE without its limit', () => {
    expect([1, 2, 2.5].map((s) => decide(s, { close: null, nok: 2 }))).toEqual(['OK', 'OK', 'NOK'])
  })

  test('takes both limits from the held-out images', () => {
    const { close, nok, from } = conformalLimits(oneTo(199), { close: 0.05, nok: 0.01 })!
    expect([close, nok]).toEqual([190, 198])
    expect(from.nok.bound).toBe(0.01)
  })

  test('drops the CLOSE zone where too few are held out for the NOK rate', () => {
    expect(conformalLimits(oneTo(50), { close: 0.05, nok: 0.01 })).toMatchObject({
      close: null,
      nok: 50,
      from: { close: null, nok: { enough: false, bound: 1 / 51 } },
    })
    expect(conformalLimits([], { close: 0.05, nok: 0.01 })).toBeNull()
  })
})

describe('the pixel threshold', () => {
  const maps = [Float32Array.from(oneTo(600)), Float32Array.from(oneTo(400), (v) => v + 600)]

  test('is the 1 - rate quantile of all px of all images', () => {
    expect(pixelQuantile(maps, 0.005)).toEqual({ threshold: 995, px: 1000, share: 0.005, method: 'exact' })
    expect(pixelQuantile(maps, 0.0055)).toMatchObject({ threshold: 995 })
    expect(pixelQuantile(maps, 0)).toMatchObject({ threshold: 1000, share: 0 })
    expect(pixelQuantile([], 0.005)).toBeNull()
  })

  test('never flags more than asked where px tie', () => {
    expect(pixelQuantile([Float32Array.of(0, 1, 1, 1)], 0.5)).toMatchObject({ threshold: 1, share: 0 })
  })

  test('by histogram lies at most 2^-11 above the exact one and flags no more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 0, max: 99 }),
        (values, percent) => {
          const map = Float32Array.from(values)
          const exact = pixelQuantile([map], percent / 100)!
          const binned = pixelQuantile([map], percent / 100, { exactPx: 0 })!
          expect(binned.method).toBe('histogram')
          expect(binned.threshold).toBeGreaterThanOrEqual(exact.threshold)
          expect(binned.threshold - exact.threshold).toBeLessThanOrEqual(Math.abs(exact.threshold) * 2 ** -11 + 1e-38)
          expect(binned.share).toBe(map.filter((v) => v > binned.threshold).length / map.length)
        },
      ),
    )
  })

  test('refuses scores that are not finite', () => {
    expect(() => pixelQuantile([Float32Array.of(1, NaN)], 0.1)).toThrow('not finite')
    expect(() => pixelQuantile([Float32Array.of(1, Infinity)], 0.1)).toThrow('not finite')
    expect(() => pixelQuantile([Float32Array.of(1, -Infinity)], 0.1)).toThrow('not finite')
  })
})
