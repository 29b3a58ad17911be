import type { Raster } from './raster.ts'
import { reflect101 } from './reflect.ts'

/** ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114] as const

/** Luma of every px in 0..255, not rounded (Pillow's `convert('L')` rounds it; the mean differs by less than 0.1). */
function lumaOf({ width, height, channels, data }: Raster): Float32Array {
  const luma = new Float32Array(width * height)
  if (channels === 1) {
    luma.set(data)
  } else {
    for (let i = 0, s = 0; i < luma.length; i++, s += 3) {
      luma[i] = LUMA[0] * data[s] + LUMA[1] * data[s + 1] + LUMA[2] * data[s + 2]
    }
  }
  return luma
}

/** Mean and population standard deviation of the luma, in grey levels of 0..255. */
export function greyStats(raster: Raster): { readonly mean: number; readonly deviation: number } {
  const luma = lumaOf(raster)
  let sum = 0
  for (const value of luma) sum += value
  const mean = sum / luma.length
  let squares = 0
  for (const value of luma) squares += (value - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / luma.length) }
}

/** Length of the Sobel gradient of the luma, height x width, 0 to about 1443, border reflect-101. */
export function gradientMagnitude(raster: Raster): Float32Array {
  const { width, height } = raster
  const luma = lumaOf(raster)
  const out = new Float32Array(luma.length)
  for (let y = 0; y < height; y++) {
    const above = reflect101(y - 1, height) * width
    const here = y * width
    const below = reflect101(y + 1, height) * width
    for (let x = 0; x < width; x++) {
      const left = reflect101(x - 1, width)
      const right = reflect101(x + 1, width)
      const gx =
        luma[above + right] -
        luma[above + left] +
        2 * (luma[here + right] - luma[here + left]) +
        luma[below + right] -
        luma[below + left]
      const gy =
        luma[below + left] -
        luma[above + left] +
        2 * (luma[below + x] - luma[above + x]) +
        luma[below + right] -
        luma[above + right]
      out[here + x] = Math.hypot(gx, gy)
    }
  }
  return out
}
