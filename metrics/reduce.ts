import { Failure } from '../base/diagnostic.ts'

/** How an error map becomes one score. */
export interface Reduction {
  /** Cells left out along each of the four sides. */
  readonly border: number
  /** Mean of the k largest cells (all, where fewer are left), the largest, or the mean. */
  readonly topK: number | 'max' | 'mean'
}

/**
 * Reduces an error map (row-major, width x height cells) to its image score, after cutting the border. Equal cells give an
 * equal score in whatever order they lie, so a turned image keeps its score. `keptShare` is the part of the area
 * that counts, in (0, 1]. E106 where the border leaves no cell, E604 where a cell is not finite.
 */
export function reduceMap(
  map: Float32Array,
  width: number,
  height: number,
  { border, topK }: Reduction,
): { score: number; keptShare: number } {
  if (map.length !== width * height) throw new Error(`a map of ${map.length} cells is not ${width} x ${height}`)
  if (2 * border >= width || 2 * border >= height) {
    throw new Failure('E106', `a border of ${border} cells leaves nothing of a map of ${width} x ${height} cells`, {
      help: [`score.border must be below ${Math.ceil(Math.min(width, height) / 2)} cells here`],
    })
  }
  const cells = crop(map, width, height, border)
  if (!cells.every(Number.isFinite)) throw new Failure('E604', 'the error map holds values that are not finite')
  const count = topK === 'mean' ? cells.length : topK === 'max' ? 1 : Math.min(topK, cells.length)
  if (!(count >= 1)) throw new Error(`the mean of ${count} cells is undefined`)
  moveLargestToEnd(cells, count)
  const largest = cells.subarray(cells.length - count).sort()
  let sum = 0
  for (const value of largest) sum += value
  return { score: sum / count, keptShare: cells.length / map.length }
}

function crop(map: Float32Array, width: number, height: number, border: number): Float32Array {
  if (border === 0) return map.slice()
  const keptWidth = width - 2 * border
  const keptHeight = height - 2 * border
  const cells = new Float32Array(keptWidth * keptHeight)
  for (let row = 0; row < keptHeight; row++) {
    const start = (row + border) * width + border
    cells.set(map.subarray(start, start + keptWidth), row * keptWidth)
  }
  return cells
}

/** Hoare's selection, in place: afterwards the last `count` values are the largest, in any order. */
function moveLargestToEnd(values: Float32Array, count: number): void {
  const target = values.length - count
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = values[(low + high) >>> 1]
    let i = low
    let j = high
    while (i <= j) {
      while (values[i] < pivot) i++
      while (values[j] > pivot) j--
      if (i > j) break
      const kept = values[i]
      values[i++] = values[j]
      values[j--] = kept
    }
    if (target <= j) high = j
    else if (target >= i) low = i
    else return
  }
}
