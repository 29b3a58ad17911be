import { expect, test } from 'vitest'
import { float16ToFloat32, float32ToFloat16 } from '../../base/float16.ts'

const half = (...values: number[]): number[] => [...float32ToFloat16(Float32Array.from(values))]

test('all 65,536 halves survive the way to float32 and back', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i)
  const back = float32ToFloat16(float16ToFloat32(all))
  const isNaN = (bits: number): boolean => (bits & 0x7fff) > 0x7c00
  expect(all.filter((bits) => (isNaN(bits) ? !isNaN(back[bits]) : back[bits] !== bits))).toEqual(new Uint16Array())
})

test('rounds to the nearest half, ties to even', () => {
  expect(half(1, -2, 65504, 65519.99, 65520, Infinity)).toEqual([0x3c00, 0xc000, 0x7bff, 0x7bff, 0x7c00, 0x7c00])
  expect(half(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20)).toEqual([0x3c00, 0x3c02, 0x3c01])
})

test('rounds subnormal halves alike', () => {
  expect(half(2 ** -24, 2 ** -25, 3 * 2 ** -25, 2 ** -14 - 2 ** -26, -0, -(2 ** -24))).toEqual([
    1, 0, 2, 0x400, 0x8000, 0x8001,
  ])
})
