import type { ScoresHeader } from '../../artifacts/scores.ts'
import { upsampleBilinear, upsampleCells } from '../../imaging/upsample.ts'

/** Where the cells of an error map lie in the image. */
export type MapGeometry = Pick<ScoresHeader, 'grid' | 'size' | 'cell' | 'geometry'>

/**
 * An error map, grid x grid, at the size of an image, height x width: bilinear with half-pixel centres. `exact` puts
 * each cell where it was averaged and repeats the last one over what is left of the working image; `stretch` spreads the
 * grid over the whole. Where whole cells fill the working image both are the same.
 */
export function resampleMap(
  map: Float32Array,
  { grid, size, cell, geometry }: MapGeometry,
  width: number,
  height: number,
): Float32Array {
  if (geometry === 'stretch') return upsampleBilinear(map, grid, grid, width, height)
  const cells = { columns: grid, rows: grid, cell, workingWidth: size, workingHeight: size }
  return upsampleCells(map, cells, width, height)
}
