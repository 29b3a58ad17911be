import * as tf from '@tensorflow/tfjs-core'
import type { Model } from '../../artifacts/model.ts'
import type { ScoresHeader } from '../../artifacts/scores.ts'
import { traceImage } from '../../engine/image-graph.ts'
import { meanOfLargest, throughFloat16 } from '../../engine/operations.ts'
import { aggregateMaps } from '../../models/aggregate-graph.ts'
import { type Backbone, featureMaps } from '../../models/backbone.ts'
import { cellErrors } from '../../models/detector.ts'

/** What a bundle's graph is made of. */
export interface BundleParts {
  readonly backbone: Backbone
  readonly model: Model
  readonly scores: ScoresHeader
}

/**
 * The whole way in one graph: `image` uint8 [H, W, 3] -> `map` float32 [grid, grid], the error of each cell, and `score`
 * float32, the mean of the largest ones inside the border. Maps are rounded to float16 on the way, since the
 * pipeline stores them so. Limits stay outside.
 */
export function bundleGraph({ backbone, model: { header, tensors }, scores }: BundleParts): Uint8Array {
  const { grid, features } = header.cells
  const names = features.taps.map(({ name }) => name)
  return traceImage((image) => {
    const maps = featureMaps(backbone, image, names, features.normalize)
    const stored = maps.map((map) => throughFloat16(tf.squeeze<tf.Tensor3D>(map, [0])))
    const errors = cellErrors({ method: header.method, tensors }, aggregateMaps(stored, { grid, size: features.size }))
    const map = tf.reshape<tf.Rank.R2>(errors, [grid, grid])
    return { map, score: scoreOf(map, scores) }
  }, features)
}

/** map: [grid, grid] -> the mean of its largest cells inside the border. */
function scoreOf(map: tf.Tensor2D, { grid, border, topK }: ScoresHeader): tf.Scalar {
  const side = grid - 2 * border
  const inner = tf.slice2d(map, [border, border], [side, side])
  return meanOfLargest(tf.reshape<tf.Rank.R1>(inner, [side * side]), Math.min(topK, side * side))
}
