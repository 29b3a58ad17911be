import { requireFinite, requireShape } from './contract.ts'
import { Failure } from '../base/diagnostic.ts'
import { readTensors, tensorOf, writeTensors } from './safetensors.ts'

/** How all maps of a `scores` artifact were made and reduced. */
export interface ScoresHeader {
  /** Cells per axis. */
  readonly grid: number
  /** Side of the working image and of one cell in it, px: cell j covers px j * cell .. (j + 1) * cell - 1. */
  readonly size: number
  readonly cell: number
  readonly geometry: 'exact' | 'stretch'
  /** How images were fitted into the working image. */
  readonly fit: 'stretch' | 'letterbox'
  readonly topK: number
  /** Cells cut on each side before the reduction. */
  readonly border: number
  /** Of image models, whose cells are px: what their maps hold. Scores are always made of squared differences. */
  readonly pixelError?: 'squared' | 'absolute'
  /** In words, such as `mean of the 20 largest cells`. */
  readonly reducer: string
}

/** One item's score and its full error map before any crop, grid x grid, row-major. */
export interface ItemScore {
  readonly score: number
  readonly map: Float32Array
}

export function encodeScore({ score, map }: ItemScore, grid: number): Uint8Array {
  const tensors = new Map([
    ['map', { dtype: 'F32' as const, shape: [grid, grid], data: map }],
    ['score', { dtype: 'F64' as const, shape: [1], data: Float64Array.of(score) }],
  ])
  return writeTensors({ tensors, metadata: { artifact: 'scores' } })
}

/** Reads a score; E604 where the map is not grid x grid or not finite. */
export function decodeScore(bytes: Uint8Array, grid: number): ItemScore {
  const file = readTensors(bytes)
  const { data: map } = tensorOf(file, 'map', 'F32')
  const score = tensorOf(file, 'score', 'F64').data[0]
  if (map.length !== grid * grid || !Number.isFinite(score))
    throw new Failure(
      'E604',
      `a map of ${map.length} cells with score ${score}, expected ${grid} x ${grid} cells and a finite score`,
    )
  return { score, map }
}

/** Throws E604 unless score and map are finite, and the map is grid x grid. */
export function checkScore(bytes: Uint8Array, { grid }: ScoresHeader): void {
  const file = readTensors(bytes)
  const map = tensorOf(file, 'map', 'F32')
  requireShape('scores', 'map', map, [grid, grid])
  requireFinite('scores', 'map', map)
  requireFinite('scores', 'score', tensorOf(file, 'score', 'F64'))
}
