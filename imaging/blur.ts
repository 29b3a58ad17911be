import type { Raster } from './raster.ts'
import { slideRows } from './row-ring.ts'

interface Kernel {
  /** Five weights an axis for the px at -2..2. */
  readonly weights: readonly [number, number, number, number, number]
  /** The weights sum to two to the power of this. */
  readonly bits: number
}

const BINOMIAL: Readonly<Record<3 | 4 | 5, Kernel>> = {
  3: { weights: [0, 1, 2, 1, 0], bits: 2 },
  4: { weights: [1, 3, 3, 1, 0], bits: 3 },
  5: { weights: [1, 4, 6, 4, 1], bits: 4 },
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
  const { weights, bits } = BINOMIAL[size]
  const [k0, k1, k2, k3, k4] = weights
  const shift = 2 * bits
  const half = 1 << (shift - 1)
  const rowLength = raster.width * raster.channels
  slideRows(
    raster,
    (padded, channels, sums, at) => {
      const length = padded.length - 4 * channels
      for (let i = 0; i < length; i++) {
        const b = i + channels
        const c = b + channels
        const d = c + channels
        const near = imul(padded[b], k1) + imul(padded[c], k2) + imul(padded[d], k3)
        sums[at + i] = imul(padded[i], k0) + near + imul(padded[d + channels], k4)
      }
    },
    (sums, [a, b, c, d, e], y) => {
      const at = imul(y, rowLength)
      for (let i = 0; i < rowLength; i++) {
        const near = imul(sums[b + i], k1) + imul(sums[c + i], k2) + imul(sums[d + i], k3)
        target[at + i] = (imul(sums[a + i], k0) + near + imul(sums[e + i], k4) + half) >> shift
      }
    },
  )
  return { ...raster, data: target }
}
