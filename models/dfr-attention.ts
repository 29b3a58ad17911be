import * as tf from '@tensorflow/tfjs-core'
import type { Tensors } from '../engine/optimizers.ts'
import { attention, attentionLayers } from './attention.ts'
import { dfrWidths } from './dfr.ts'
import { type ConvLayer, type Layer, Layers } from './layers.ts'

/**
 * The thesis' variant of DFR with attention and skips, over whole maps of cells [N, G, G, C]: 1x1 convolutions of the
 * widths of DFR; behind dec1 and dec2 a block of attention, then the sum with what enc2 and enc1 gave. The skips let the
 * input pass the code by.
 */
const pointwise = (name: string, inputs: number, outputs: number): ConvLayer => ({
  type: 'conv',
  name,
  inputs,
  outputs,
  kernel: 1,
})

const normalized = (name: string, inputs: number, outputs: number): Layer[] => [
  pointwise(name, inputs, outputs),
  { type: 'norm', name: `${name}.norm`, channels: outputs },
]

export function dfrAttentionLayers(channels: number, latent: number): readonly Layer[] {
  const [input, middle, double, code] = dfrWidths(channels, latent)
  return [
    ...normalized('enc1', input, middle),
    ...normalized('enc2', middle, double),
    pointwise('enc3', double, code),
    ...normalized('dec1', code, double),
    ...attentionLayers('dec1.gate', double),
    ...normalized('dec2', double, middle),
    ...attentionLayers('dec2.gate', middle),
    pointwise('dec3', middle, input),
  ]
}

export interface DfrAttentionOutput {
  /** The reconstruction, [N, G, G, C]. */
  readonly y: tf.Tensor4D
  /** What becomes of the running statistics. */
  readonly buffers: Tensors
  /** Mean and unbiased variance of this batch, under the names of the buffers; in training alone. */
  readonly statistics: Tensors
}

export function dfrAttentionForward(
  mode: 'train' | 'infer',
  { params, buffers, x }: { readonly params: Tensors; readonly buffers: Tensors; readonly x: tf.Tensor4D },
): DfrAttentionOutput {
  const layers = new Layers(params, buffers, mode)
  const block = (name: string, maps: tf.Tensor4D): tf.Tensor4D =>
    tf.relu(layers.norm(`${name}.norm`, layers.conv(name, maps)))
  const first = block('enc1', x) // [N, G, G, m]
  const second = block('enc2', first) // [N, G, G, 2d]
  const code = layers.conv('enc3', second) // [N, G, G, d]
  const third = tf.add<tf.Tensor4D>(attention(layers, 'dec1.gate', block('dec1', code), 'mean, max'), second)
  const fourth = tf.add<tf.Tensor4D>(attention(layers, 'dec2.gate', block('dec2', third), 'mean, max'), first)
  return { y: layers.conv('dec3', fourth), buffers: layers.buffers, statistics: layers.statistics }
}

/** Mean squared error over all elements, in training form. */
export function dfrAttentionLoss(
  params: Tensors,
  buffers: Tensors,
  x: tf.Tensor4D,
): { loss: tf.Scalar; buffers: Tensors } {
  const { y, buffers: next } = dfrAttentionForward('train', { params, buffers, x })
  return { loss: tf.mean<tf.Scalar>(tf.squaredDifference(y, x)), buffers: next }
}
