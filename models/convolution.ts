import * as tf from '@tensorflow/tfjs-core'

/** A convolution ready to run: batch normalisation folded in, filter in the axis order of tfjs. */
export interface Convolution {
  readonly filter: Float32Array
  /** [kh, kw, in, out]; depthwise [kh, kw, channels, 1]. */
  readonly filterShape: readonly [number, number, number, number]
  /** One value per output channel. */
  readonly bias: Float32Array
  readonly stride: number
  readonly depthwise: boolean
}

/**
 * How a convolution of stride 2 is padded, which follows who publishes the weights (recipes: a wrong rule changes
 * features by their own size and still classifies well).
 * symmetric: (k - 1)/2 on both sides. same: TensorFlow's SAME for the size at hand. same-frozen: SAME for the size that
 * this layer has when the network runs at its native resolution.
 */
export type PaddingRule = 'symmetric' | 'same' | 'same-frozen'

/** Zeros before and after along one axis of `size` px (`nativeSize` at native resolution). */
export function paddingOf(
  rule: PaddingRule,
  { kernel, stride, size, nativeSize }: { kernel: number; stride: number; size: number; nativeSize: number },
): [number, number] {
  if (rule === 'symmetric') return [(kernel - 1) / 2, (kernel - 1) / 2]
  const n = rule === 'same' ? size : nativeSize
  const total = Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}

/** x: [N, H, W, in] -> [N, H', W', out], zero-padded by `rule`, bias added, no activation. */
export function convolve(
  x: tf.Tensor4D,
  convolution: Convolution,
  rule: PaddingRule,
  nativeSize = 0, // px of this layer's input at native resolution; only same-frozen reads it
): tf.Tensor4D {
  const { filterShape, stride, bias } = convolution
  const [, height, width] = x.shape
  const kernel = filterShape[0]
  const rows = paddingOf(rule, { kernel, stride, size: height, nativeSize })
  const columns = paddingOf(rule, { kernel, stride, size: width, nativeSize })
  const pad: tf.backend_util.ExplicitPadding = [[0, 0], rows, columns, [0, 0]]
  const filter = tf.tensor4d(convolution.filter, [...filterShape])
  const y = convolution.depthwise ? tf.depthwiseConv2d(x, filter, stride, pad) : tf.conv2d(x, filter, stride, pad)
  return tf.add(y, tf.tensor1d(bias))
}

/** x * sigmoid(x), also called swish. */
export const silu = (x: tf.Tensor4D): tf.Tensor4D => tf.mul(x, tf.sigmoid(x))

/** min(max(x, 0), 6). */
export const relu6 = (x: tf.Tensor4D): tf.Tensor4D => tf.clipByValue(x, 0, 6)
