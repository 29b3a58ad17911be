import * as tf from '@tensorflow/tfjs-core'

/** Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004, eq. 13) of images in 0..1 with a 7 x 7 Gaussian window. */
const RADIUS = 3
const C1 = 0.01 ** 2
const C2 = 0.03 ** 2
const FLOOR = 1e-8

/** isotropic: sigma 1.5. notebook: exp(-x^2 - y^2 / 4.5), which is sigma 0.71 along x and 1.5 along y. */
export type SsimWindow = 'isotropic' | 'notebook'

/** Weights along one axis, adding up to 1; the window is their product. */
function weights(exponent: number): Float32Array {
  const raw = Array.from({ length: 2 * RADIUS + 1 }, (_, i) => Math.exp(-exponent * (i - RADIUS) ** 2))
  const sum = raw.reduce((a, b) => a + b)
  return Float32Array.from(raw, (w) => w / sum)
}

/** The weighted mean around each px, per channel, with zeros beyond the border: two depthwise convolutions. */
function blur(x: tf.Tensor4D, window: SsimWindow): tf.Tensor4D {
  const size = 2 * RADIUS + 1
  const channels = x.shape[3]
  const filter = (along: Float32Array, shape: [number, number]): tf.Tensor4D =>
    tf.tile(tf.tensor4d(along, [...shape, 1, 1]), [1, 1, channels, 1])
  const horizontal = weights(window === 'isotropic' ? 1 / 4.5 : 1)
  const rows = tf.depthwiseConv2d(x, filter(weights(1 / 4.5), [size, 1]), 1, 'same')
  return tf.depthwiseConv2d(rows, filter(horizontal, [1, size]), 1, 'same')
}

/** x, y: [N, H, W, C] in 0..1 -> the similarity at each px, of the same shape, at most 1. */
export function ssimMap(x: tf.Tensor4D, y: tf.Tensor4D, window: SsimWindow = 'isotropic'): tf.Tensor4D {
  const mean = (z: tf.Tensor4D): tf.Tensor4D => blur(z, window)
  const [mx, my] = [mean(x), mean(y)]
  const [mxx, myy, mxy] = [tf.square(mx), tf.square(my), tf.mul(mx, my)]
  const variances = tf.add(tf.sub(mean(tf.square(x)), mxx), tf.sub(mean(tf.square(y)), myy))
  const covariance = tf.sub(mean(tf.mul(x, y)), mxy)
  const numerator = tf.mul(tf.add(tf.mul(mxy, 2), C1), tf.add(tf.mul(covariance, 2), C2))
  const denominator = tf.mul(tf.add(tf.add(mxx, myy), C1), tf.add(variances, C2))
  return tf.div(numerator, tf.add(denominator, FLOOR))
}

/** 0.15 of the mean squared error and 0.85 of the mean dissimilarity clamp((1 - SSIM) / 2, 0, 1). */
export function reconstructionLoss(x: tf.Tensor4D, y: tf.Tensor4D, window: SsimWindow = 'isotropic'): tf.Scalar {
  const squared = tf.mean<tf.Scalar>(tf.squaredDifference(x, y))
  const dissimilarity = tf.clipByValue(tf.div(tf.sub(1, ssimMap(x, y, window)), 2), 0, 1)
  return tf.add(tf.mul(squared, 0.15), tf.mul(tf.mean<tf.Scalar>(dissimilarity), 0.85))
}
