import * as tf from '@tensorflow/tfjs-core'

export interface BatchNorm {
  /** [C, P] */
  readonly y: tf.Tensor2D
  /** Of the batch, [C, 1]; no gradient flows through. */
  readonly mean: tf.Tensor2D
  /** Of the batch, biased (divided by P), [C, 1]; no gradient flows through. */
  readonly variance: tf.Tensor2D
}

/**
 * Batch normalisation in training form (Ioffe, Szegedy 2015, algorithm 1) of x [C, P], per row, with gain and shift [C, 1].
 * The variance is taken from centred values, which stays accurate where the mean is large. The gradient needs two sums
 * over dy and is then one pass: dx = dy * A + ((x - mean) * B + C) with A, B, C per row.
 */
export function batchNormTrain(x: tf.Tensor2D, gain: tf.Tensor2D, shift: tf.Tensor2D, eps: number): BatchNorm {
  const cells = x.shape[1]
  let mean: tf.Tensor2D | undefined
  let variance: tf.Tensor2D | undefined
  const normalize = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc]
    const mu = tf.mean(input, 1, true)
    const centred = tf.sub(input, mu)
    const sigma2 = tf.mean(tf.square(centred), 1, true)
    mean = tf.keep(mu as tf.Tensor2D)
    variance = tf.keep(sigma2 as tf.Tensor2D)
    const inverse = tf.rsqrt(tf.add(sigma2, eps))
    const factor = tf.mul(scale, inverse)
    save([centred, inverse, factor])
    return {
      value: tf.add(tf.mul(centred, factor), offset),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [centred, inverse, factor] = saved
        const dShift = tf.sum(dy, 1, true)
        const dGain = tf.mul(tf.sum(tf.mul(dy, centred), 1, true), inverse)
        // dx = factor * (dy - dShift / P - centred * inverse * dGain / P)
        const b = tf.mul(tf.mul(factor, inverse), tf.div(tf.neg(dGain), cells))
        const c = tf.mul(factor, tf.div(tf.neg(dShift), cells))
        return [tf.add(tf.mul(dy, factor), tf.add(tf.mul(centred, b), c)), dGain, dShift]
      },
    }
  })
  const y = normalize(x, gain, shift) as tf.Tensor2D
  return { y, mean: mean as tf.Tensor2D, variance: variance as tf.Tensor2D }
}

/** The same with given statistics: one multiplication and one addition per value. */
export function batchNormInfer(
  x: tf.Tensor2D,
  { gain, shift, mean, variance }: Record<'gain' | 'shift' | 'mean' | 'variance', tf.Tensor2D>,
  eps: number,
): tf.Tensor2D {
  const factor = tf.mul(gain, tf.rsqrt(tf.add(variance, eps)))
  return tf.add(tf.mul(x, factor), tf.sub(shift, tf.mul(mean, factor)))
}
