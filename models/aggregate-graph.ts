import * as tf from '@tensorflow/tfjs-core'
import { type BandedMatrix, type CellGrid, planAggregation } from './aggregate.ts'

/**
 * Aggregation as part of a graph: maps [C_i, h_i, w_i] -> cells [sum of C_i, grid * grid], by one small matrix per axis and
 * level. The same numbers as `aggregate`, in float32.
 */
export function aggregateMaps(maps: readonly tf.Tensor3D[], grid: CellGrid): tf.Tensor2D {
  return tf.concat(
    maps.map((map) => {
      const [channels, height, width] = map.shape
      const { rows, columns } = planAggregation({ height, width }, grid)
      const narrow = tf.matMul(tf.reshape(map, [channels * height, width]), dense(columns, width), false, true) // (C h, grid)
      const cells = tf.matMul(
        tf.tile(tf.expandDims(dense(rows, height), 0), [channels, 1, 1]),
        tf.reshape(narrow, [channels, height, grid.grid]),
      ) // (C, grid, grid)
      return tf.reshape<tf.Rank.R2>(cells, [channels, grid.grid * grid.grid])
    }),
    0,
  )
}

/** A banded matrix written out, [grid, source]. */
function dense({ grid, width, start, weights }: BandedMatrix, source: number): tf.Tensor2D {
  const values = new Float32Array(grid * source)
  for (let row = 0; row < grid; row++)
    for (let j = 0; j < width; j++) values[row * source + start[row] + j] = weights[row * width + j]
  return tf.tensor2d(values, [grid, source])
}
