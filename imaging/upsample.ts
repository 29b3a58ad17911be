/** A grid of cells of `cell` x `cell` px over an image at its working size; px that no whole cell covers are left over. */
export interface CellGeometry {
  readonly columns: number
  readonly rows: number
  readonly cell: number
  readonly workingWidth: number
  readonly workingHeight: number
}

/**
 * Bilinear resampling of a map of height x width to `toHeight` x `toWidth`, half-pixel centres, no antialiasing, single
 * precision: PyTorch's `interpolate(mode='bilinear', align_corners=False)`. A grid that does not cover the whole image
 * (170 cells of 3 px over 512) is stretched over it; `upsampleCells` puts the cells where they are.
 */
export function upsampleBilinear(
  map: Float32Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Float32Array {
  return sample(map, axisOf(width, toWidth, width / toWidth), axisOf(height, toHeight, height / toHeight), width)
}

/**
 * Bilinear resampling with exact geometry: cell j covers px cell j .. cell j + cell - 1 of the working size, its value
 * holds at their centre, and what is left over repeats the last cell. The result is `toHeight` x `toWidth`, the working
 * size stretched to it.
 */
export function upsampleCells(
  map: Float32Array,
  geometry: CellGeometry,
  toWidth: number,
  toHeight: number,
): Float32Array {
  const { columns, rows, cell, workingWidth, workingHeight } = geometry
  const x = axisOf(columns, toWidth, workingWidth / (toWidth * cell))
  const y = axisOf(rows, toHeight, workingHeight / (toHeight * cell))
  return sample(map, x, y, columns)
}

/** The cells as blocks at the working size: px x shows cell min(floor(x / cell), last). */
export function expandCells(map: Float32Array, geometry: CellGeometry): Float32Array {
  const { columns, rows, cell, workingWidth, workingHeight } = geometry
  const out = new Float32Array(workingWidth * workingHeight)
  for (let y = 0, o = 0; y < workingHeight; y++) {
    const row = Math.min(Math.floor(y / cell), rows - 1) * columns
    for (let x = 0; x < workingWidth; x++) out[o++] = map[row + Math.min(Math.floor(x / cell), columns - 1)]
  }
  return out
}

interface Axis {
  readonly low: Int32Array
  readonly high: Int32Array
  /** Weight of `high`. */
  readonly weight: Float32Array
}

/** Source places max(0, (i + 0.5) step - 0.5), the second neighbour kept inside. */
function axisOf(from: number, to: number, step: number): Axis {
  const low = new Int32Array(to)
  const high = new Int32Array(to)
  const weight = new Float32Array(to)
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, (i + 0.5) * step - 0.5))
    low[i] = Math.floor(at)
    high[i] = Math.min(low[i] + 1, from - 1)
    weight[i] = at - low[i]
  }
  return { low, high, weight }
}

function sample(map: Float32Array, x: Axis, y: Axis, width: number): Float32Array {
  const toWidth = x.low.length
  const toHeight = y.low.length
  const out = new Float32Array(toWidth * toHeight)
  for (let v = 0, o = 0; v < toHeight; v++) {
    const above = y.low[v] * width
    const below = y.high[v] * width
    const down = y.weight[v]
    for (let u = 0; u < toWidth; u++) {
      const left = x.low[u]
      const right = x.high[u]
      const toRight = x.weight[u]
      const top = map[above + left] * (1 - toRight) + map[above + right] * toRight
      const bottom = map[below + left] * (1 - toRight) + map[below + right] * toRight
      out[o++] = top * (1 - down) + bottom * down
    }
  }
  return out
}
