import * as tf from '@tensorflow/tfjs-core'
import { unreachable } from '../base/unreachable.ts'
import type { ArraySpec, Tensors } from '../engine/optimizers.ts'
import { dfrForward } from './dfr.ts'
import { dfrAttentionForward } from './dfr-attention.ts'

/** How cells are rated. dfr-attention looks at whole maps: its cells are those of a square grid, row by row. */
export type CellMethod = 'pca' | 'dfr' | 'dfr-attention'

/** What rates cells: the tensors of a model artifact, by method. */
export interface Detector {
  readonly method: CellMethod
  readonly tensors: Readonly<Record<string, ArraySpec>>
}

/**
 * Error of each cell, [P], of cells x [C, P]: the mean over channels of the squared difference between the scaled cell
 * z = (x - mean) * inverseScale and its reconstruction.
 */
export function cellErrors({ method, tensors }: Detector, x: tf.Tensor2D): tf.Tensor1D {
  const of = (name: string): tf.Tensor2D => tf.tensor2d(tensors[name].data, tensors[name].shape as [number, number])
  const z = tf.mul<tf.Tensor2D>(tf.sub(x, of('mean')), of('inverseScale'))
  const reconstruction = (): tf.Tensor2D => {
    switch (method) {
      case 'pca':
        return projected(z, of('components'))
      case 'dfr':
        return reconstructed(z, tensors)
      case 'dfr-attention':
        return attended(z, tensors)
      default:
        return unreachable(method)
    }
  }
  return tf.mean(tf.squaredDifference(z, reconstruction()), 0)
}

/** P' P z with the leading components P [d, C] as rows: what a linear autoencoder keeps of a centred cell. */
const projected = (z: tf.Tensor2D, components: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(components, tf.matMul(components, z), true)

/** The trained autoencoder of DFR with its batch norm folded in. */
const reconstructed = (z: tf.Tensor2D, tensors: Detector['tensors']): tf.Tensor2D =>
  dfrForward(constants(tensors), {}, z, 'folded').y

/** Its variant with attention, over the map that the cells make up. */
function attended(z: tf.Tensor2D, tensors: Detector['tensors']): tf.Tensor2D {
  const [channels, cells] = z.shape
  const grid = Math.sqrt(cells)
  const weights = constants(tensors)
  const x = tf.reshape<tf.Rank.R4>(tf.transpose(z), [1, grid, grid, channels])
  const { y } = dfrAttentionForward('infer', { params: weights, buffers: weights, x })
  return tf.transpose(tf.reshape<tf.Rank.R2>(y, [cells, channels]))
}

const constants = (tensors: Detector['tensors']): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]))
