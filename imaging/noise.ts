import { seededRandom } from '../base/random.ts'
import type { Raster } from './raster.ts'

/** Adds a whole number drawn uniformly from -level..level to every sample, clipped. The same seed gives the same noise. */
export function addNoise(
  raster: Raster,
  options: { readonly level: number; readonly seed: string },
  target: Uint8Array = new Uint8Array(raster.data.length),
): Raster {
  const { level, seed } = options
  const random = seededRandom('noise', seed)
  const source = raster.data
  const out = new Uint8ClampedArray(target.buffer, target.byteOffset, target.length)
  const span = 2 * level + 1
  for (let i = 0; i < source.length; i++) out[i] = source[i] + random.below(span) - level
  return { ...raster, data: target }
}
