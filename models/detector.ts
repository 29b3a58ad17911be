import * as tf from '@tensorflow/tfjs-core'
import type { ArraySpec } from '../engine/optimizers.ts'
import { dfrForward } from './dfr.ts'

/** What rates cells: the tensors of a model artifact, by method. */
export interface Detector {
  readonly method: 'pca' | 'dfr'
  readonly tensors: Readonly<Record<string, ArraySpec>>
}

/**
 * Error of each cell, [P], of cells x [C, P]: the mean over channels of the squared difference between the scaled cell
 * z = (x - mean) * inverseScale and its reconstruction.
 */
export function cellErrors({ method, tensors }: Detector, x: tf.Tensor2D): tf.Tensor1D {
  const of = (name: string): tf.Tensor2D => tf.tensor2d(tensors[name].data, tensors[name].shape as [number, number])
  const z = tf.mul<tf.Tensor2D>(tf.sub(x, of('mean')), of('inverseScale'))
  return tf.mean(
    tf.squaredDifference(z, method === 'pca' ? projected(z, of('components')) : reconstructed(z, tensors)),
    0,
  )
}

/** P' P z with the leading components P [d, C] as rows: what a linear autoencoder keeps of a centred cell. */
const projected = (z: tf.Tensor2D, components: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(components, tf.matMul(components, z), true)

/** The trained autoencoder of DFR with its batch norm folded in. */
function reconstructed(z: tf.Tensor2D, tensors: Detector['tensors']): tf.Tensor2D {
  const folded = Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
  )
  return dfrForward(folded, {}, z, 'folded').y
}
