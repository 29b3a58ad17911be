import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '../base/random.ts'
import { batchNormInfer, productNormTrain } from '../engine/batch-norm.ts'
import type { ArraySpec, Tensors } from '../engine/optimizers.ts'

/**
 * The autoencoder over feature cells of DFR (Yang, Shi, Qi 2020): 1x1 convolutions, so every cell is a column of
 * x [C, P] and each layer a product weight [out, in] x. Batch norm and ReLU after all but the bottleneck and the output.
 */
const LAYERS = [
  { name: 'enc1', normalized: true },
  { name: 'enc2', normalized: true },
  { name: 'enc3', normalized: false },
  { name: 'dec1', normalized: true },
  { name: 'dec2', normalized: true },
  { name: 'dec3', normalized: false },
] as const

const BN_EPS = 1e-5 // PyTorch's default
const BN_MOMENTUM = 0.1 // PyTorch's default: running = 0.9 old + 0.1 new

/** Widths from input to output, seven of them: C, m, 2d, d, 2d, m, C with m = floor((C + 2d) / 2). */
export function dfrWidths(channels: number, latent: number): readonly number[] {
  const middle = Math.floor((channels + 2 * latent) / 2)
  return [channels, middle, 2 * latent, latent, 2 * latent, middle, channels]
}

/**
 * Fresh parameters with PyTorch's defaults: `<layer>.weight` [out, in] and `<layer>.bias` [out, 1] uniform in
 * +-1/sqrt(in); `<layer>.gain` 1 and `<layer>.shift` 0, [out, 1].
 */
export function dfrParams(channels: number, latent: number, random: Random): Record<string, ArraySpec> {
  const widths = dfrWidths(channels, latent)
  const params: Record<string, ArraySpec> = {}
  LAYERS.forEach(({ name, normalized }, i) => {
    const [fanIn, out] = [widths[i], widths[i + 1]]
    const bound = 1 / Math.sqrt(fanIn)
    const uniform = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.uniform(-bound, bound))
    params[`${name}.weight`] = { shape: [out, fanIn], data: uniform(out * fanIn) }
    params[`${name}.bias`] = { shape: [out, 1], data: uniform(out) }
    if (!normalized) return
    params[`${name}.gain`] = { shape: [out, 1], data: new Float32Array(out).fill(1) }
    params[`${name}.shift`] = { shape: [out, 1], data: new Float32Array(out) }
  })
  return params
}

/** Running statistics before training: `<layer>.mean` 0 and `<layer>.variance` 1, [out, 1]. */
export function dfrBuffers(channels: number, latent: number): Record<string, ArraySpec> {
  const widths = dfrWidths(channels, latent)
  const buffers: Record<string, ArraySpec> = {}
  LAYERS.forEach(({ name, normalized }, i) => {
    if (!normalized) return
    buffers[`${name}.mean`] = { shape: [widths[i + 1], 1], data: new Float32Array(widths[i + 1]) }
    buffers[`${name}.variance`] = { shape: [widths[i + 1], 1], data: new Float32Array(widths[i + 1]).fill(1) }
  })
  return buffers
}

/** `train`: statistics of the batch, running ones moved along. `infer`: the running ones. `folded`: none left (`foldDfr`). */
export type DfrMode = 'train' | 'infer' | 'folded'

export interface DfrOutput {
  /** The reconstruction, [C, P]. */
  readonly y: tf.Tensor2D
  /** What becomes of the running statistics; those that came in unless training. */
  readonly buffers: Tensors
  /** Mean and unbiased variance of this batch, under the names of the buffers; in training alone. */
  readonly statistics?: Tensors
}

export function dfrForward(params: Tensors, buffers: Tensors, x: tf.Tensor2D, mode: DfrMode): DfrOutput {
  if (mode === 'train') return trainForward(params, buffers, x)
  const y = LAYERS.reduce((input, { name, normalized }) => {
    const of = partsOf(params, name)
    const product = tf.matMul<tf.Tensor2D>(of('weight'), input)
    if (!normalized) return tf.add<tf.Tensor2D>(product, of('bias'))
    if (mode === 'folded') return tf.relu(tf.add<tf.Tensor2D>(product, of('bias')))
    const running = partsOf(buffers, name)
    const mean = tf.sub<tf.Tensor2D>(running('mean'), of('bias'))
    const norm = { gain: of('gain'), shift: of('shift'), mean, variance: running('variance') }
    return tf.relu(batchNormInfer(product, norm, BN_EPS))
  }, x)
  return { y, buffers }
}

/**
 * A bias that reaches the next batch norm unchanged by a ReLU moves that norm's mean and nothing else: its true gradient
 * is 0, so it is left out of the products and added to the means alone. Only the last layer's bias counts.
 */
function trainForward(params: Tensors, buffers: Tensors, x: tf.Tensor2D): DfrOutput {
  const statistics: Tensors = {}
  const cells = x.shape[1]
  let offset: tf.Tensor2D | undefined // what the left-out biases would add to the layer's input, [in, 1]
  let y = x
  for (const { name, normalized } of LAYERS) {
    const of = partsOf(params, name)
    const bias = offset ? tf.add<tf.Tensor2D>(tf.matMul(of('weight'), offset), of('bias')) : of('bias')
    if (!normalized) {
      y = tf.matMul(of('weight'), y)
      offset = bias
      continue
    }
    const { y: normal, mean, variance } = productNormTrain(of('weight'), y, of('gain'), of('shift'), BN_EPS)
    statistics[`${name}.mean`] = tf.add(mean, bias)
    statistics[`${name}.variance`] = tf.mul(variance, cells / (cells - 1))
    y = tf.relu(normal)
    offset = undefined
  }
  const next = Object.fromEntries(
    Object.entries(statistics).map(([name, batch]) => [name, name in buffers ? moved(buffers[name], batch) : batch]),
  )
  return { y: offset ? tf.add<tf.Tensor2D>(y, offset) : y, buffers: next, statistics }
}

const partsOf =
  (tensors: Tensors, layer: string) =>
  (part: string): tf.Tensor2D =>
    tensors[`${layer}.${part}`] as tf.Tensor2D

const moved = (old: tf.Tensor, batch: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(old, 1 - BN_MOMENTUM), tf.mul(batch, BN_MOMENTUM))

/** Mean squared error over all elements, in training form. */
export function dfrLoss(params: Tensors, buffers: Tensors, x: tf.Tensor2D): { loss: tf.Scalar; buffers: Tensors } {
  const { y, buffers: next } = dfrForward(params, buffers, x, 'train')
  return { loss: tf.mean<tf.Scalar>(tf.squaredDifference(y, x)), buffers: next }
}

/** Weights and biases with batch norm folded in, in double precision and rounded once: for mode `folded`. */
export function foldDfr(
  params: Readonly<Record<string, ArraySpec>>,
  buffers: Readonly<Record<string, ArraySpec>>,
): Record<string, ArraySpec> {
  const folded: Record<string, ArraySpec> = {}
  for (const { name, normalized } of LAYERS) {
    const weight = params[`${name}.weight`]
    const bias = params[`${name}.bias`]
    if (!normalized) {
      folded[`${name}.weight`] = weight
      folded[`${name}.bias`] = bias
      continue
    }
    const [out, fanIn] = weight.shape
    const w = new Float32Array(out * fanIn)
    const b = new Float32Array(out)
    for (let row = 0; row < out; row++) {
      const factor = params[`${name}.gain`].data[row] / Math.sqrt(buffers[`${name}.variance`].data[row] + BN_EPS)
      for (let i = row * fanIn; i < (row + 1) * fanIn; i++) w[i] = weight.data[i] * factor
      b[row] = (bias.data[row] - buffers[`${name}.mean`].data[row]) * factor + params[`${name}.shift`].data[row]
    }
    folded[`${name}.weight`] = { shape: weight.shape, data: w }
    folded[`${name}.bias`] = { shape: bias.shape, data: b }
  }
  return folded
}
