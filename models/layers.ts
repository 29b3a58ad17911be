import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '../base/random.ts'
import { batchNormInfer, batchNormTrainMaps } from '../engine/batch-norm.ts'
import type { ArraySpec, Tensors } from '../engine/optimizers.ts'

/** Convolutional layers over maps [N, H, W, C], with PyTorch's defaults for weights and batch norm. */
export const BN_EPS = 1e-5
/** running = 0.9 old + 0.1 new, with the unbiased variance. */
export const BN_MOMENTUM = 0.1

export interface ConvLayer {
  readonly type: 'conv' | 'transposed'
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly kernel: number
  /** @default true */
  readonly bias?: boolean
}

export interface NormLayer {
  readonly type: 'norm'
  readonly name: string
  readonly channels: number
}

export type Layer = ConvLayer | NormLayer

/**
 * Fresh parameters: `NAME.filter` [k, k, in, out] (transposed: [k, k, out, in]) and `NAME.bias` [out] uniform in
 * +-1/sqrt(fan in), where the fan in of a transposed convolution is out k^2; `NAME.gain` 1 and `NAME.shift` 0 [1, 1, 1, C].
 */
export function layerParams(layers: readonly Layer[], random: Random): Record<string, ArraySpec> {
  return Object.fromEntries(
    layers.flatMap((layer): [string, ArraySpec][] => {
      if (layer.type === 'norm') return normArrays(layer, ['gain', 1], ['shift', 0])
      const { type, name, inputs, outputs, kernel, bias = true } = layer
      const bound = 1 / Math.sqrt((type === 'conv' ? inputs : outputs) * kernel ** 2)
      const uniform = (shape: readonly number[]): ArraySpec => ({
        shape,
        data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform(-bound, bound)),
      })
      const [a, b] = type === 'conv' ? [inputs, outputs] : [outputs, inputs]
      const filter = uniform([kernel, kernel, a, b])
      return [
        [`${name}.filter`, filter],
        ...(bias ? [[`${name}.bias`, uniform([outputs])] as [string, ArraySpec]] : []),
      ]
    }),
  )
}

/** Running statistics before training: `NAME.mean` 0 and `NAME.variance` 1, [1, 1, 1, C]. */
export const layerBuffers = (layers: readonly Layer[]): Record<string, ArraySpec> =>
  Object.fromEntries(
    layers.flatMap((layer) => (layer.type === 'norm' ? normArrays(layer, ['mean', 0], ['variance', 1]) : [])),
  )

const normArrays = ({ name, channels }: NormLayer, ...parts: (readonly [string, number])[]): [string, ArraySpec][] =>
  parts.map(([part, value]) => [
    `${name}.${part}`,
    { shape: [1, 1, 1, channels], data: new Float32Array(channels).fill(value) },
  ])

/** The layers of a network in use: each takes maps and gives maps; batch norms gather what their running statistics become. */
export class Layers {
  /** Running statistics after the batch; those that came in unless training. */
  readonly buffers: Tensors
  /** Mean and unbiased variance of the batch, under the same names; none unless training. */
  readonly statistics: Tensors = {}
  readonly #params: Tensors
  readonly #running: Tensors
  readonly #train: boolean

  constructor(params: Tensors, buffers: Tensors, mode: 'train' | 'infer') {
    this.#params = params
    this.#running = buffers
    this.#train = mode === 'train'
    this.buffers = { ...buffers }
  }

  /** Zero-padded by `pad` px on each side. */
  conv(name: string, x: tf.Tensor4D, { stride = 1, pad = 0 } = {}): tf.Tensor4D {
    return this.#biased(name, tf.conv2d(x, this.#filter(name), stride, pad))
  }

  /** Kernel 4, stride 2, padding 1: twice as wide and high. */
  upsample(name: string, x: tf.Tensor4D): tf.Tensor4D {
    const [n, height, width] = x.shape
    const filter = this.#filter(name)
    const y = tf.conv2dTranspose(x, filter, [n, 2 * height, 2 * width, filter.shape[2]], 2, 1)
    return this.#biased(name, y)
  }

  norm(name: string, x: tf.Tensor4D): tf.Tensor4D {
    const of = (part: string): tf.Tensor4D => this.#params[`${name}.${part}`] as tf.Tensor4D
    const [mean, variance] = [this.#running[`${name}.mean`], this.#running[`${name}.variance`]]
    if (!this.#train) return batchNormInfer(x, { gain: of('gain'), shift: of('shift'), mean, variance }, BN_EPS)
    const batch = batchNormTrainMaps(x, of('gain'), of('shift'), BN_EPS)
    const values = x.size / x.shape[3]
    const found = { mean: batch.mean, variance: tf.mul(batch.variance, values / (values - 1)) }
    for (const [part, value] of Object.entries(found)) {
      const key = `${name}.${part}`
      this.statistics[key] = value
      if (key in this.#running) this.buffers[key] = moved(this.#running[key], value)
    }
    return batch.y
  }

  #filter(name: string): tf.Tensor4D {
    return this.#params[`${name}.filter`] as tf.Tensor4D
  }

  #biased(name: string, y: tf.Tensor4D): tf.Tensor4D {
    const bias = this.#params[`${name}.bias`] as tf.Tensor | undefined
    return bias === undefined ? y : tf.add(y, bias)
  }
}

const moved = (old: tf.Tensor, batch: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(old, 1 - BN_MOMENTUM), tf.mul(batch, BN_MOMENTUM))
