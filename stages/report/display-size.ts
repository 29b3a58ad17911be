import { blankRaster, type Raster } from '../../imaging/raster.ts'
import { resize } from '../../imaging/resize.ts'
import type { PicturesSettings } from './settings.ts'

/** Size at which an image is shown: enlarged by a whole factor where it is small, shrunk where it is large. */
export function displaySize(
  { width, height }: { readonly width: number; readonly height: number },
  { min_side, max_side }: Pick<PicturesSettings, 'min_side' | 'max_side'>,
): { readonly width: number; readonly height: number } {
  const long = Math.max(width, height)
  const factor = long > max_side ? max_side / long : Math.max(1, Math.floor(Math.min(min_side, max_side) / long))
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/** A mask, 0 or 255, at its display size. Shrunk, a px is set where any of those it stands for is, so that no defect vanishes. */
export function displayMask(mask: Raster, width: number, height: number): Raster {
  if (width >= mask.width) return resize(mask, width, height, 'nearest')
  const shrunk = blankRaster(width, height, 1)
  for (let y = 0, i = 0; y < mask.height; y++) {
    const row = Math.floor((y * height) / mask.height) * width
    for (let x = 0; x < mask.width; x++, i++) {
      if (mask.data[i] !== 0) shrunk.data[row + Math.floor((x * width) / mask.width)] = 255
    }
  }
  return shrunk
}
