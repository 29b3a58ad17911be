import * as tf from '@tensorflow/tfjs-core'
import type { ArraySpec } from '../engine/optimizers.ts'
import { autoencoderForward, type Decoder } from './autoencoder.ts'

/** What rates pixels: a trained autoencoder over images, parameters and running statistics by name. */
export interface ImageDetector {
  readonly decoder: Decoder
  readonly tensors: Readonly<Record<string, ArraySpec>>
}

/** How far each px is from its reconstruction, [H, W]: means over the three colours. */
export interface PixelErrors {
  readonly squared: tf.Tensor2D
  readonly absolute: tf.Tensor2D
}

/** 8-bit levels of an image [N, H, W, 3] as an image autoencoder takes them: 0..1. */
export const unitLevels = (image: tf.Tensor): tf.Tensor4D => tf.mul(image, 1 / 255)

/** Errors of one image [1, H, W, 3] of levels 0..255. */
export function pixelErrors({ decoder, tensors }: ImageDetector, image: tf.Tensor): PixelErrors {
  const weights = Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
  )
  const x = unitLevels(image)
  const { y } = autoencoderForward(decoder, 'infer', { params: weights, buffers: weights, x })
  const difference = tf.sub(x, y)
  const overColours = (error: tf.Tensor): tf.Tensor2D => tf.squeeze(tf.mean(error, 3), [0])
  return { squared: overColours(tf.square(difference)), absolute: overColours(tf.abs(difference)) }
}
