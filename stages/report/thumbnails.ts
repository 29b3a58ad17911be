import type { Thresholds } from '../../artifacts/verdict.ts'
import { outline, renderHeatMap } from '../../imaging/colour-map.ts'
import { encodeWebp } from '../../imaging/encode.ts'
import { blankRaster, type Raster } from '../../imaging/raster.ts'
import { resize } from '../../imaging/resize.ts'
import { displayMask } from './display-size.ts'
import { coverOf, PREDICTED_COLOUR, TRUE_COLOUR } from './overlay.ts'

/** Long side of what the report carries inside, px. */
export const THUMBNAIL_SIDE = 320

export interface ThumbnailParts {
  /** At its own size. */
  readonly image: Raster
  /** The error map at the size of a thumbnail, and that size. */
  readonly map: Float32Array
  readonly width: number
  readonly height: number
  /** 0 or 255, at the size of the image. */
  readonly predicted: Raster
  readonly truth: Raster | undefined
}

/**
 * What a page lays over one another, as WebP: the image, its heat map (clear where it is calm), and the rims of the predicted
 * and of the true mask, where these have px.
 */
export async function encodeThumbnails(
  { image, map, width, height, predicted, truth }: ThumbnailParts,
  scale: Thresholds['scale'],
): Promise<Record<string, Uint8Array>> {
  const cover = Uint8Array.from(coverOf(map, scale), (share) => Math.round(share * 255))
  const rim = (mask: Raster | undefined, colour: readonly number[]): Promise<Uint8Array> | undefined => {
    if (mask?.data.includes(255) !== true) return undefined
    const drawn = blankRaster(width, height, 3)
    const edge = outline(displayMask(mask, width, height)).data
    for (let i = 0; i < edge.length; i++) drawn.data.set(colour, i * 3)
    return encodeWebp(drawn, edge)
  }
  const pictures = {
    thumbnail: encodeWebp(resize(image, width, height, 'bilinear')),
    thumbnailHeat: encodeWebp(renderHeatMap(map, width, height, scale), cover),
    thumbnailPredicted: rim(predicted, PREDICTED_COLOUR),
    thumbnailTruth: rim(truth, TRUE_COLOUR),
  }
  const encoded = await Promise.all(Object.entries(pictures).map(async ([name, bytes]) => [name, await bytes] as const))
  return Object.fromEntries(encoded.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, bytes] as const])))
}
