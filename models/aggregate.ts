import { float16ToFloat32 } from '../base/float16.ts'

/**
 * A sparse matrix [grid, source]: row g has `width` weights from column `start[g]` on. Upsampling and average pooling
 * along one axis, multiplied out; both axes and all channels are then two products, without the upsampled map.
 */
export interface BandedMatrix {
  readonly grid: number
  readonly width: number
  readonly start: Int32Array
  /** [grid * width] */
  readonly weights: Float64Array
}

/**
 * Bilinear upsampling of `source` values to `size` (half-pixel centres, PyTorch's align_corners = false), then averages of
 * `pool` neighbours: grid = floor(size / pool), what is left over at the end is not used.
 */
export function bandedResample(source: number, size: number, pool: number): BandedMatrix {
  const grid = Math.floor(size / pool)
  const rows = Array.from({ length: grid }, (_, g) => {
    const row = new Map<number, number>()
    for (let i = g * pool; i < (g + 1) * pool; i++) {
      const at = Math.max(0, ((i + 0.5) * source) / size - 0.5)
      const low = Math.floor(at)
      const high = Math.min(low + 1, source - 1)
      row.set(low, (row.get(low) ?? 0) + (1 - (at - low)) / pool)
      if (at > low) row.set(high, (row.get(high) ?? 0) + (at - low) / pool)
    }
    return row
  })
  const width = Math.max(...rows.map((row) => Math.max(...row.keys()) - Math.min(...row.keys()) + 1))
  const start = Int32Array.from(rows, (row) => Math.min(Math.min(...row.keys()), source - width))
  const weights = new Float64Array(grid * width)
  for (const [g, row] of rows.entries())
    for (const [column, weight] of row) weights[g * width + column - start[g]] = weight
  return { grid, width, start, weights }
}

/** A map of features [channels, height, width], float32 or the bits of float16. */
export interface StageMap {
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly data: Float32Array | Uint16Array
}

/** `grid` x `grid` cells over an image of `size` x `size` px; each averages floor(size / grid) px per axis. */
export interface CellGrid {
  readonly grid: number
  readonly size: number
}

/** The two matrices of a map's size and a grid: [grid, height] and [grid, width]. Make them once per level and grid. */
export interface Aggregation {
  readonly rows: BandedMatrix
  readonly columns: BandedMatrix
}

/** Throws a RangeError unless grid is a whole number from 1 to size. */
export function planAggregation(
  { height, width }: { height: number; width: number },
  { grid, size }: CellGrid,
): Aggregation {
  if (!Number.isInteger(grid) || grid < 1 || grid > size)
    throw new RangeError(`grid must be a whole number from 1 to ${size}, found ${grid}`)
  const pool = Math.floor(size / grid)
  const axis = (source: number): BandedMatrix => firstRows(bandedResample(source, size, pool), grid)
  const rows = axis(height)
  return { rows, columns: height === width ? rows : axis(width) }
}

/** A grid that does not divide the size may leave room for more windows than it has cells: they are not used. */
const firstRows = ({ width, start, weights }: BandedMatrix, grid: number): BandedMatrix => ({
  grid,
  width,
  start: start.subarray(0, grid),
  weights: weights.subarray(0, grid * width),
})

/**
 * Aggregates a map onto a grid: -> [channels, grid * grid], cells in rows. Equal to bilinear upsampling to size x size and
 * average pooling, up to rounding (sums in double precision).
 */
export function aggregate(map: StageMap, grid: CellGrid, plan = planAggregation(map, grid)): Float32Array {
  const { rows, columns } = plan
  const cells = rows.grid * columns.grid
  const out = new Float32Array(map.channels * cells)
  const narrow = new Float64Array(map.height * columns.grid) // one channel, resampled along x
  const sums = new Float64Array(columns.grid)
  const plane = planeReader(map)
  for (let channel = 0; channel < map.channels; channel++) {
    resampleColumns(plane(channel), map.width, columns, narrow)
    for (let g = 0; g < rows.grid; g++) {
      sums.fill(0)
      for (let j = 0; j < rows.width; j++) {
        const weight = rows.weights[g * rows.width + j]
        if (weight === 0) continue
        const from = (rows.start[g] + j) * columns.grid
        for (let x = 0; x < sums.length; x++) sums[x] += weight * narrow[from + x]
      }
      out.set(sums, channel * cells + g * columns.grid)
    }
  }
  return out
}

/** plane [height, width] -> narrow [height, grid]. */
function resampleColumns(plane: Float32Array, planeWidth: number, columns: BandedMatrix, narrow: Float64Array): void {
  const { grid, width, start, weights } = columns
  for (let from = 0, to = 0; from < plane.length; from += planeWidth)
    for (let g = 0; g < grid; g++, to++) {
      let sum = 0
      for (let j = 0, at = from + start[g]; j < width; j++) sum += weights[g * width + j] * plane[at + j]
      narrow[to] = sum
    }
}

/**
 * The same values for some cells alone, -> [channels, cells.length]; `cells` are indices into the grid, row * grid + column.
 * Costs a few dozen operations per cell and channel, and decodes no more of the map than it reads.
 */
export function aggregateCells(
  map: StageMap,
  grid: CellGrid,
  cells: ArrayLike<number>,
  plan = planAggregation(map, grid),
): Float32Array {
  const { rows, columns } = plan
  const patch = rows.width * columns.width
  const places = new Int32Array(cells.length * patch) // of a channel's values that a cell reads
  const weights = new Float64Array(cells.length * patch)
  for (let i = 0, to = 0; i < cells.length; i++) {
    const row = Math.floor(cells[i] / grid.grid)
    const column = cells[i] % grid.grid
    for (let j = 0; j < rows.width; j++)
      for (let k = 0; k < columns.width; k++, to++) {
        places[to] = (rows.start[row] + j) * map.width + columns.start[column] + k
        weights[to] = rows.weights[row * rows.width + j] * columns.weights[column * columns.width + k]
      }
  }

  const values = valuesAt(map, places) // [channels, cells * patch]
  const out = new Float32Array(map.channels * cells.length)
  for (let i = 0, from = 0, cell = 0; i < out.length; i++, cell = (cell + 1) % cells.length) {
    let sum = 0
    for (let j = cell * patch; j < (cell + 1) * patch; j++) sum += weights[j] * values[from++]
    out[i] = sum
  }
  return out
}

function valuesAt({ channels, height, width, data }: StageMap, places: Int32Array): Float32Array {
  const picked = new (data instanceof Uint16Array ? Uint16Array : Float32Array)(channels * places.length)
  let to = 0
  for (let from = 0; from < channels * height * width; from += height * width)
    for (const place of places) picked[to++] = data[from + place]
  return picked instanceof Uint16Array ? float16ToFloat32(picked) : picked
}

/** Channels of a map as float32, one at a time; float16 is decoded into the same memory each time. */
function planeReader({ height, width, data }: StageMap): (channel: number) => Float32Array {
  const length = height * width
  if (data instanceof Float32Array) return (channel) => data.subarray(channel * length, (channel + 1) * length)
  const decoded = new Float32Array(length)
  return (channel) => float16ToFloat32(data.subarray(channel * length, (channel + 1) * length), decoded)
}
