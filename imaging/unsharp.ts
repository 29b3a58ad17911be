import type { Raster } from './raster.ts'
import { slideRows } from './row-ring.ts'

/**
 * OpenCV's 5 x 5 Gaussian of sigma 1 for 8 bits: 0.0545 0.2442 0.4026 in 256ths that sum to one. Constants, not a table:
 * the loops over them take half the time.
 */
const FAR = 14
const NEAR = 62
const CENTRE = 104
const HALF = 1 << 15

const { imul } = Math

/**
 * Unsharp mask, clip(I + amount (I - G)) with G = OpenCV's GaussianBlur(5 x 5, sigma 1) rounded to 8 bits, border
 * reflect-101; amount 2 is 3 I - 2 G. Ties to even. `target` takes the result and may be the raster's own data.
 */
export function unsharp(
  raster: Raster,
  amount: number,
  target: Uint8Array = new Uint8Array(raster.data.length),
): Raster {
  const out = new Uint8ClampedArray(target.buffer, target.byteOffset, target.length) // clips, rounds ties to even
  slideRows(raster, sumAlongX, (sums, rows, y) => sharpenRow(raster.data, sums, rows, y, amount, out))
  return { ...raster, data: target }
}

function sharpenRow(
  source: Uint8Array,
  sums: Int32Array,
  rows: readonly number[],
  y: number,
  amount: number,
  out: Uint8ClampedArray,
): void {
  const length = (sums.length / 5) | 0
  const a = rows[0] | 0
  const b = rows[1] | 0
  const c = rows[2] | 0
  const d = rows[3] | 0
  const e = rows[4] | 0
  const at = imul(y, length)
  const own = 1 + amount
  for (let i = 0; i < length; i++) {
    const far = imul(sums[a + i] + sums[e + i], FAR)
    const near = imul(sums[b + i] + sums[d + i], NEAR)
    const smooth = (far + near + imul(sums[c + i], CENTRE) + HALF) >> 16
    out[at + i] = source[at + i] * own - smooth * amount
  }
}

function sumAlongX(padded: Uint8Array, channels: number, sums: Int32Array, at: number): void {
  const length = padded.length - imul(channels, 4)
  const b = channels
  const c = imul(channels, 2)
  const d = imul(channels, 3)
  const e = imul(channels, 4)
  for (let i = 0; i < length; i++) {
    const far = imul(padded[i] + padded[i + e], FAR)
    sums[at + i] = far + imul(padded[i + b] + padded[i + d], NEAR) + imul(padded[i + c], CENTRE)
  }
}
