import * as tf from '@tensorflow/tfjs-core'

/** The same tensor, through which no gradient flows. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const stopped = tf.customGrad<T>((input) => ({
    value: tf.clone(input as T),
    gradFunc: (dy) => tf.zerosLike(dy),
  }))
  return stopped(x)
}
