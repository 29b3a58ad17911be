import * as tf from '@tensorflow/tfjs-core'
import { stopGradient } from './stop-gradient.ts'

export interface BatchNorm<T extends tf.Tensor = tf.Tensor2D> {
  /** Of the shape of what is normalised. */
  readonly y: T
  /** Of the batch, one value per channel, as the gain; no gradient flows through. */
  readonly mean: tf.Tensor
  /** Of the batch, biased (divided by the number of values), as the gain; no gradient flows through. */
  readonly variance: tf.Tensor
}

/**
 * Batch normalisation in training form (Ioffe, Szegedy 2015, algorithm 1) of x [C, P], per row, with gain and shift [C, 1].
 * The variance is taken from centred values, which stays accurate where the mean is large.
 */
export function batchNormTrain(x: tf.Tensor2D, gain: tf.Tensor2D, shift: tf.Tensor2D, eps: number): BatchNorm {
  const mean = tf.mean<tf.Tensor2D>(stopGradient(x), 1, true)
  return { mean, ...normalizeCentred(tf.sub(x, mean), gain, shift, { eps, axes: [1] }) }
}

/** The same per channel of x [N, H, W, C], with gain and shift [1, 1, 1, C]. */
export function batchNormTrainMaps(
  x: tf.Tensor4D,
  gain: tf.Tensor4D,
  shift: tf.Tensor4D,
  eps: number,
): BatchNorm<tf.Tensor4D> {
  const axes = [0, 1, 2]
  const mean = tf.mean<tf.Tensor4D>(stopGradient(x), axes, true)
  return { mean, ...normalizeCentred(tf.sub(x, mean), gain, shift, { eps, axes }) }
}

/**
 * Batch normalisation of the product `weight` [C, K] times x [K, P], for which nothing is subtracted afterwards: the mean
 * of a product is the product of the mean, and leaves it as the convolution's bias. One pass over [C, P] less.
 */
export function productNormTrain(
  weight: tf.Tensor2D,
  x: tf.Tensor2D,
  gain: tf.Tensor2D,
  shift: tf.Tensor2D,
  eps: number,
): BatchNorm {
  const mean = tf.matMul<tf.Tensor2D>(stopGradient(weight), tf.mean(stopGradient(x), 1, true))
  return { mean, ...normalizeCentred(tf.sub(tf.matMul(weight, x), mean), gain, shift, { eps, axes: [1] }) }
}

/**
 * Batch norm of channels whose mean is already 0 (to rounding). Its gradient is that of the whole normalisation, centring
 * included, which is why none may flow through the mean. Two sums over dy, then dx = factor * (dy + (centred * b + c)),
 * whose outer factor the engine moves into the small operand of the products that use dx.
 */
function normalizeCentred<T extends tf.Tensor>(
  x: T,
  gain: T,
  shift: T,
  { eps, axes }: { readonly eps: number; readonly axes: number[] },
): { y: T; variance: tf.Tensor } {
  const values = axes.reduce((product, axis) => product * x.shape[axis], 1)
  let variance: tf.Tensor | undefined
  const normalize = tf.customGrad((...args) => {
    const [centred, scale, offset, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const sigma2 = tf.mean(tf.square(centred), axes, true)
    variance = tf.keep(sigma2)
    const inverse = tf.rsqrt(tf.add(sigma2, eps))
    const factor = tf.mul(scale, inverse)
    save([centred, inverse, factor])
    return {
      value: tf.add(tf.mul(centred, factor), offset),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [z, inverseStd, outer] = saved
        const dShift = tf.sum(dy, axes, true)
        const dGain = tf.mul(tf.sum(tf.mul(dy, z), axes, true), inverseStd)
        const b = tf.div(tf.mul(tf.neg(dGain), inverseStd), values)
        const c = tf.div(tf.neg(dShift), values)
        return [tf.mul(outer, tf.add(dy, tf.add(tf.mul(z, b), c))), dGain, dShift]
      },
    }
  })
  const y = normalize(x, gain, shift) as T
  return { y, variance: variance as tf.Tensor }
}

/** The same with given statistics: one multiplication and one addition per value. */
export function batchNormInfer<T extends tf.Tensor>(
  x: T,
  { gain, shift, mean, variance }: Record<'gain' | 'shift' | 'mean' | 'variance', tf.Tensor>,
  eps: number,
): T {
  const factor = tf.mul(gain, tf.rsqrt(tf.add(variance, eps)))
  return tf.add(tf.mul(x, factor), tf.sub(shift, tf.mul(mean, factor)))
}
