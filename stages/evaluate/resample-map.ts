import type { ScoresHeader } from '../../artifacts/scores.ts'
import { placeInto } from '../../imaging/resize.ts'
import { upsampleBilinear, upsampleCells } from '../../imaging/upsample.ts'

/** Where the cells of an error map lie in the image. */
export type MapGeometry = Pick<ScoresHeader, 'grid' | 'size' | 'cell' | 'geometry' | 'fit'>

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * An error map, grid x grid, at the size of an image, height x width: bilinear with half-pixel centres. `exact` puts
 * each cell where it was averaged and repeats the last one over what is left of the working image; `stretch` spreads the
 * grid over the whole. Where whole cells fill the working image both are the same. Of a letterboxed image the bars are
 * cut off first, at the working size; `original` is the size it had, where the wanted one has another aspect.
 */
export function resampleMap(
  map: Float32Array,
  geometry: MapGeometry,
  { width, height }: Size,
  original: Size = { width, height },
): Float32Array {
  const { size, fit } = geometry
  const place = placeInto(original, size, size, fit)
  if (place.width === size && place.height === size) return spread(map, geometry, width, height)
  const working = spread(map, geometry, size, size)
  const inner = new Float32Array(place.width * place.height)
  for (let y = 0; y < place.height; y++) {
    const row = (place.y + y) * size + place.x
    inner.set(working.subarray(row, row + place.width), y * place.width)
  }
  return upsampleBilinear(inner, place.width, place.height, width, height)
}

function spread(
  map: Float32Array,
  { grid, size, cell, geometry }: MapGeometry,
  width: number,
  height: number,
): Float32Array {
  if (geometry === 'stretch') return upsampleBilinear(map, grid, grid, width, height)
  const cells = { columns: grid, rows: grid, cell, workingWidth: size, workingHeight: size }
  return upsampleCells(map, cells, width, height)
}

/** A rectangle of px, `right` and `bottom` outside. */
interface Rectangle {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The px of an image whose cell lies inside a border of `cells`; a px belongs to the cell under its centre. */
export function insideBorder(geometry: MapGeometry, cells: number, { width, height }: Size): Rectangle {
  const { size, fit } = geometry
  const place = placeInto({ width, height }, size, size, fit)
  const [left, right] = keptRange(geometry, cells, { length: width, at: place.x, over: place.width })
  const [top, bottom] = keptRange(geometry, cells, { length: height, at: place.y, over: place.height })
  return { left, top, right, bottom }
}

/** One axis of an image that lies `at` a px of the working image and goes `over` so many of its px. */
function keptRange(
  { grid, size, cell, geometry }: MapGeometry,
  cells: number,
  { length, at, over }: { readonly length: number; readonly at: number; readonly over: number },
): readonly [from: number, to: number] {
  const cellSize = geometry === 'stretch' ? size / grid : cell
  const cellOf = (px: number): number => Math.min(grid - 1, Math.floor((at + ((px + 0.5) * over) / length) / cellSize))
  let from = 0
  while (from < length && cellOf(from) < cells) from++
  let to = length
  while (to > from && cellOf(to - 1) >= grid - cells) to--
  return [from, to]
}
