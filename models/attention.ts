import * as tf from '@tensorflow/tfjs-core'
import type { Layer, Layers } from './layers.ts'

/** Convolutional block attention (Woo, Park, Lee, Kweon 2018): a gate per channel, then a gate per place. */
const REDUCTION = 16
const SPATIAL_KERNEL = 7

/** What the place gate looks at, in this order: the two orders of the thesis' networks. */
export type SpatialOrder = 'mean, max' | 'max, mean'

export function attentionLayers(name: string, channels: number): readonly Layer[] {
  const hidden = Math.max(1, Math.floor(channels / REDUCTION))
  const pointwise = { type: 'conv', kernel: 1, bias: false } as const
  return [
    { ...pointwise, name: `${name}.squeeze`, inputs: channels, outputs: hidden },
    { ...pointwise, name: `${name}.excite`, inputs: hidden, outputs: channels },
    { type: 'conv', name: `${name}.place`, inputs: 2, outputs: 1, kernel: SPATIAL_KERNEL, bias: false },
  ]
}

/** x [N, H, W, C] gated: channel gate sigmoid(F(mean) + F(max)), F = 1x1 down, ReLU, 1x1 up; place gate sigmoid(7x7 conv). */
export function attention(layers: Layers, name: string, x: tf.Tensor4D, order: SpatialOrder): tf.Tensor4D {
  const weigh = (pooled: tf.Tensor4D): tf.Tensor4D =>
    layers.conv(`${name}.excite`, tf.relu(layers.conv(`${name}.squeeze`, pooled)))
  const channelGate = tf.sigmoid(tf.add(weigh(tf.mean(x, [1, 2], true)), weigh(tf.max(x, [1, 2], true))))
  const y = tf.mul<tf.Tensor4D>(x, channelGate)
  const [mean, max] = [tf.mean<tf.Tensor4D>(y, 3, true), tf.max<tf.Tensor4D>(y, 3, true)]
  const seen = tf.concat(order === 'mean, max' ? [mean, max] : [max, mean], 3)
  return tf.mul(y, tf.sigmoid(layers.conv(`${name}.place`, seen, { pad: (SPATIAL_KERNEL - 1) / 2 })))
}
