import type { Thresholds } from '../../artifacts/verdict.ts'
import { outline } from '../../imaging/colour-map.ts'
import { blankRaster, type Raster, rasterOf, toRgb } from '../../imaging/raster.ts'

/** Blue (Okabe, Ito 2008), which the colours of the heat map lack: where the pixel threshold sees a defect. */
export const PREDICTED_COLOUR = [0, 114, 178] as const
/** Green of the same palette: where the mask says it is. */
export const TRUE_COLOUR = [0, 200, 120] as const

/** One image at its display size, with all that is drawn over it, height x width each. */
export interface OverlayParts {
  readonly image: Raster
  readonly heat: Raster
  readonly map: Float32Array
  /** 0 or 255. */
  readonly predicted: Raster
  readonly truth: Raster | undefined
}

/**
 * The image under its heat map, with both outlines. The heat map sets in halfway up to the calm end of the scale and covers
 * `alpha` of the image from there on, so a good image stays as it is.
 */
export function drawOverlay(
  { image, heat, map, predicted, truth }: OverlayParts,
  { scale, alpha }: { readonly scale: Thresholds['scale']; readonly alpha: number },
): Raster {
  const data = toRgb(image).data.slice()
  const cover = coverOf(map, scale)
  for (let i = 0; i < map.length; i++) {
    const share = alpha * cover[i]
    for (let s = 3 * i; share > 0 && s < 3 * i + 3; s++)
      data[s] = Math.round((1 - share) * data[s] + share * heat.data[s])
  }
  const drawn = rasterOf(data, image.width, image.height, 3)
  drawRim(drawn, predicted, PREDICTED_COLOUR)
  if (truth !== undefined) drawRim(drawn, truth, TRUE_COLOUR)
  return drawn
}

/** How much of an image its heat map may cover, 0..1 for each px: nothing up to halfway to the calm end of the scale, all from there on. */
export function coverOf(map: Float32Array, scale: Thresholds['scale']): Float64Array {
  const from = (scale.low + scale.calm) / 2
  const span = Math.max(scale.calm - from, Number.MIN_VALUE)
  return Float64Array.from(map, (value) => (value > from ? Math.min(1, (value - from) / span) : 0))
}

/** Draws the rim of a mask, two px wide: its own outermost px and those of what they enclose. */
function drawRim({ width, height, data }: Raster, mask: Raster, colour: readonly number[]): void {
  if (!mask.data.includes(255)) return
  const outer = outline(mask).data
  const inner = blankRaster(width, height, 1)
  for (let i = 0; i < outer.length; i++) inner.data[i] = mask.data[i] !== 0 && outer[i] === 0 ? 255 : 0
  const second = outline(inner).data
  for (let i = 0; i < outer.length; i++) if (outer[i] !== 0 || second[i] !== 0) data.set(colour, i * 3)
}
