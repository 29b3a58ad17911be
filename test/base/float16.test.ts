import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { float16ToFloat32, float32ToFloat16 } from '../../base/float16.ts'

const bits = (x: number): number => float32ToFloat16(Float32Array.of(x))[0]

describe('float16', () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [-1e9, 0xfc00],
    [Infinity, 0x7c00],
    [NaN, 0x7e00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // a tie goes to even
    [2 ** -25 * 1.0001, 0x0001],
    [1 + 2 ** -11, 0x3c00], // a tie goes to even
    [1 + 3 * 2 ** -11, 0x3c02],
    [1023.75 * 2 ** -24, 0x0400], // rounds up into the normal numbers
  ])('encodes %d', (x, expected) => expect(bits(x)).toBe(expected))

  test('decodes and encodes every pattern back to itself', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((x) => (x & 0x7fff) <= 0x7c00)
    expect(float32ToFloat16(float16ToFloat32(all))).toEqual(all)
  })

  test('takes the nearest of its neighbours', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (x) => {
        const half = bits(x)
        const distance = (b: number): number => Math.abs(float16ToFloat32(Uint16Array.of(b))[0] - x)
        expect(distance(half)).toBeLessThanOrEqual(distance(half + 1))
        if ((half & 0x7fff) > 0) expect(distance(half)).toBeLessThanOrEqual(distance(half - 1))
      }),
      { seed: 16, numRuns: 300 },
    )
  })
})
