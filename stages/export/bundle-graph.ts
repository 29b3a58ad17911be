import * as tf from '@tensorflow/tfjs-core'
import type { CellModel, ImageModel } from '../../artifacts/model.ts'
import type { ScoresHeader } from '../../artifacts/scores.ts'
import { traceImage } from '../../engine/image-graph.ts'
import { meanOfLargest, throughFloat16 } from '../../engine/operations.ts'
import { aggregateMaps } from '../../models/aggregate-graph.ts'
import { type Backbone, featureMaps } from '../../models/backbone.ts'
import { cellErrors } from '../../models/detector.ts'
import { pixelErrors } from '../../models/image-detector.ts'

/** What the graph of a bundle for a model of cells is made of. */
export interface CellBundleParts {
  readonly backbone: Backbone
  readonly model: CellModel
  readonly scores: ScoresHeader
}

/**
 * The whole way in one graph: `image` uint8 [H, W, 3] -> `map` float32 [grid, grid], the error of each cell, and `score`
 * float32, the mean of the largest ones inside the border. Maps are rounded to float16 on the way, since the
 * pipeline stores them so. Limits stay outside.
 */
export function cellBundleGraph({ backbone, model: { header, tensors }, scores }: CellBundleParts): Uint8Array {
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

/** The same for a model of images: the cells of `map` are the px of the working image. */
export const imageBundleGraph = (
  { header: { decoder, images }, tensors }: ImageModel,
  scores: ScoresHeader,
): Uint8Array =>
  traceImage((image) => {
    const { squared, absolute } = pixelErrors({ decoder, tensors }, image)
    return { map: scores.pixelError === 'absolute' ? absolute : squared, score: scoreOf(squared, scores) }
  }, images)

/** map: [grid, grid] -> the mean of its largest cells inside the border. */
function scoreOf(map: tf.Tensor2D, { grid, border, topK }: ScoresHeader): tf.Scalar {
  const side = grid - 2 * border
  const inner = tf.slice2d(map, [border, border], [side, side])
  return meanOfLargest(tf.reshape<tf.Rank.R1>(inner, [side * side]), Math.min(topK, side * side))
}
