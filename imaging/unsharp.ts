import { clampByte } from './clamp.ts'
import type { Raster } from './raster.ts'
import { roundEven } from './round.ts'
import { slideRows, type SumAlongX } from './row-ring.ts'

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
  const sharpen = Number.isInteger(amount) ? sharpenWhole : sharpenPart
  slideRows(raster, sumAlongX, (sums, rows, y) => sharpen(raster.data, sums, rows, y, amount, target))
  return { ...raster, data: target }
}

type SharpenRow = (
  source: Uint8Array,
  sums: Uint16Array,
  rows: readonly number[],
  y: number,
  amount: number,
  out: Uint8Array,
) => void

// Two loops that share one expression: with the general one, a whole amount would take twice the time.

const sharpenWhole: SharpenRow = (source, sums, rows, y, amount, out) => {
  const length = (sums.length / 5) | 0
  const a = rows[0] | 0
  const b = rows[1] | 0
  const c = rows[2] | 0
  const d = rows[3] | 0
  const e = rows[4] | 0
  const at = imul(y, length)
  const whole = amount | 0
  for (let i = 0; i < length; i++) {
    const near = imul(sums[b + i] + sums[d + i], NEAR)
    const smooth = (imul(sums[a + i] + sums[e + i], FAR) + near + imul(sums[c + i], CENTRE) + HALF) >> 16
    const sample = source[at + i]
    out[at + i] = clampByte((sample + imul(sample - smooth, whole)) | 0)
  }
}

const sharpenPart: SharpenRow = (source, sums, [a, b, c, d, e], y, amount, out) => {
  const length = sums.length / 5
  const at = y * length
  for (let i = 0; i < length; i++) {
    const near = imul(sums[b + i] + sums[d + i], NEAR)
    const smooth = (imul(sums[a + i] + sums[e + i], FAR) + near + imul(sums[c + i], CENTRE) + HALF) >> 16
    out[at + i] = clampByte(roundEven(source[at + i] * (1 + amount) - smooth * amount))
  }
}

const sumAlongX: SumAlongX = (padded, channels, sums, at) => {
  if (channels === 3) sumRgbAlongX(padded, sums, at)
  else sumGreyAlongX(padded, sums, at)
}

function sumGreyAlongX(padded: Uint8Array, sums: Uint16Array, at: number): void {
  const length = padded.length - 4
  for (let i = 0; i < length; i++) {
    const far = imul(padded[i] + padded[i + 4], FAR)
    sums[at + i] = far + imul(padded[i + 1] + padded[i + 3], NEAR) + imul(padded[i + 2], CENTRE)
  }
}

/** Keeps the last four px of each channel in variables (not destructured: they would lose their type): one load a sample. */
function sumRgbAlongX(padded: Uint8Array, sums: Uint16Array, at: number): void {
  const length = padded.length - 12
  let r0 = padded[0]
  let g0 = padded[1]
  let b0 = padded[2]
  let r1 = padded[3]
  let g1 = padded[4]
  let b1 = padded[5]
  let r2 = padded[6]
  let g2 = padded[7]
  let b2 = padded[8]
  let r3 = padded[9]
  let g3 = padded[10]
  let b3 = padded[11]
  for (let i = 0; i < length; i += 3) {
    const r4 = padded[i + 12]
    const g4 = padded[i + 13]
    const b4 = padded[i + 14]
    sums[at + i] = imul(r0 + r4, FAR) + imul(r1 + r3, NEAR) + imul(r2, CENTRE)
    sums[at + i + 1] = imul(g0 + g4, FAR) + imul(g1 + g3, NEAR) + imul(g2, CENTRE)
    sums[at + i + 2] = imul(b0 + b4, FAR) + imul(b1 + b3, NEAR) + imul(b2, CENTRE)
    r0 = r1
    r1 = r2
    r2 = r3
    r3 = r4
    g0 = g1
    g1 = g2
    g2 = g3
    g3 = g4
    b0 = b1
    b1 = b2
    b2 = b3
    b3 = b4
  }
}
