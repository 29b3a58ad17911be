import type { Raster } from './raster.ts'
import { slideRows } from './row-ring.ts'

interface Kernel {
  /** Five weights an axis for the px at -2..2. */
  readonly weights: Int32Array
  /** The weights sum to two to the power of this. */
  readonly bits: number
}

const BINOMIAL: Readonly<Record<3 | 4 | 5, Kernel>> = {
  3: { weights: Int32Array.of(0, 1, 2, 1, 0), bits: 2 },
  4: { weights: Int32Array.of(1, 3, 3, 1, 0), bits: 3 },
  5: { weights: Int32Array.of(1, 4, 6, 4, 1), bits: 4 },
}

const { imul } = Math

/**
 * Binomial blur, (1 2 1)/4, (1 3 3 1)/8 or (1 4 6 4 1)/16 per axis: OpenCV's GaussianBlur of sizes 3 and 5 with sigma 0,
 * bit-identical. Size 4 has no centre: it reads the px at -2..1, as OpenCV anchors even kernels. Border reflect-101;
 * exact sums, rounded once, ties up. `target` takes the result and may be the raster's own data.
 */
export function blurBinomial(
  raster: Raster,
  size: 3 | 4 | 5,
  target: Uint8Array = new Uint8Array(raster.data.length),
): Raster {
  const kernel = BINOMIAL[size]
  slideRows(
    raster,
    (padded, channels, sums, at) => weighAlongX(kernel.weights, padded, channels, sums, at),
    (sums, rows, y) => weighAlongY(kernel, sums, rows, y, target),
  )
  return { ...raster, data: target }
}

function weighAlongX(weights: Int32Array, padded: Uint8Array, channels: number, sums: Uint16Array, at: number): void {
  const k0 = weights[0]
  const k1 = weights[1]
  const k2 = weights[2]
  const k3 = weights[3]
  const k4 = weights[4]
  const b = channels
  const c = imul(channels, 2)
  const d = imul(channels, 3)
  const e = imul(channels, 4)
  const length = padded.length - e
  for (let i = 0; i < length; i++) {
    const near = imul(padded[i + b], k1) + imul(padded[i + c], k2) + imul(padded[i + d], k3)
    sums[at + i] = imul(padded[i], k0) + near + imul(padded[i + e], k4)
  }
}

function weighAlongY(kernel: Kernel, sums: Uint16Array, rows: readonly number[], y: number, out: Uint8Array): void {
  const k0 = kernel.weights[0]
  const k1 = kernel.weights[1]
  const k2 = kernel.weights[2]
  const k3 = kernel.weights[3]
  const k4 = kernel.weights[4]
  const shift = kernel.bits << 1
  const half = 1 << (shift - 1)
  const a = rows[0] | 0
  const b = rows[1] | 0
  const c = rows[2] | 0
  const d = rows[3] | 0
  const e = rows[4] | 0
  const length = (sums.length / 5) | 0
  const at = imul(y, length)
  for (let i = 0; i < length; i++) {
    const near = imul(sums[b + i], k1) + imul(sums[c + i], k2) + imul(sums[d + i], k3)
    out[at + i] = (imul(sums[a + i], k0) + near + imul(sums[e + i], k4) + half) >> shift
  }
}
