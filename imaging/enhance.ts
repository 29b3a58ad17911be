import { equalizeTiles } from './clahe.ts'
import { labToRgb, rgbToLab } from './lab.ts'
import type { Raster } from './raster.ts'
import { scratch } from './scratch.ts'

export { unsharp } from './unsharp.ts'

// Each function returns a raster over `target`: new memory where none is given; the raster's own data is allowed.

/**
 * CLAHE on the lightness alone: RGB to 8-bit L*a*b*, L equalised, back. Bit-identical to OpenCV's BGR2Lab, CLAHE,
 * Lab2BGR. A grey raster is equalised directly. `clip` > 0 as a multiple of the mean bin, `tiles` >= 1 per axis.
 * `curve` is a table that every sample of the result goes through, as a gamma or gain behind it would do.
 */
export function clahe(
  raster: Raster,
  options: { readonly clip: number; readonly tiles: number },
  target: Uint8Array = new Uint8Array(raster.data.length),
  curve?: Uint8Array,
): Raster {
  const { width, height, channels, data } = raster
  const count = width * height
  const equalized = scratch('equalized', count)
  if (channels === 1) {
    target.set(equalizeTiles(data, width, height, options, equalized))
    if (curve !== undefined) lookUp(raster, curve, target, target)
  } else {
    const planes = { l: scratch('lightness', count), a: scratch('a', count), b: scratch('b', count) }
    const { l, a, b } = rgbToLab(data, planes)
    labToRgb({ l: equalizeTiles(l, width, height, options, equalized), a, b }, target, curve)
  }
  return { ...raster, data: target }
}

/** Sample i becomes floor(255 (i/255)^(1/g)): g below 1 darkens (0.8 takes 128 to 107), above 1 brightens. */
export const gammaCurve = (g: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, i) => Math.floor(255 * (i / 255) ** (1 / g)))

export const gamma = (raster: Raster, g: number, target?: Uint8Array): Raster => lookUp(raster, gammaCurve(g), target)

/** Sample i becomes clip(round(factor i)), ties to even as NumPy and OpenCV round. */
export const gainCurve = (factor: number): Uint8Array =>
  new Uint8Array(Uint8ClampedArray.from({ length: 256 }, (_, i) => factor * i))

export const gain = (raster: Raster, factor: number, target?: Uint8Array): Raster =>
  lookUp(raster, gainCurve(factor), target)

function lookUp(
  raster: Raster,
  table: Uint8Array,
  target: Uint8Array = new Uint8Array(raster.data.length),
  source: Uint8Array = raster.data,
): Raster {
  const count = target.length
  for (let at = 0; at < count; at += CHUNK) lookUpChunk(table, source, target, at, Math.min(count, at + CHUNK))
  return { ...raster, data: target }
}

/** Samples a call: many short calls run twice as fast as one long loop (see `row-ring.ts`). */
const CHUNK = 16_384

function lookUpChunk(table: Uint8Array, source: Uint8Array, target: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) target[i] = table[source[i]]
}
