import * as tf from '@tensorflow/tfjs-core'
import type { Digest } from '../base/digest.ts'
import type { Backbone } from './backbone.ts'
import { blockNames, type ConvolutionNames, type NameScheme, OUTER_NAMES } from './checkpoint/efficientnet-names.ts'
import type { Preprocess } from './checkpoint/family.ts'
import type { Family } from './checkpoint/recognise.ts'
import type { Weights, WeightTensor } from './checkpoint/tensors.ts'
import { type Convolution, convolve, type PaddingRule, relu6, silu } from './convolution.ts'
import {
  type BlockStructure,
  type EfficientNetName,
  networkStructure,
  STAGE_COUNT,
  stageTap,
} from './efficientnet-structure.ts'

export interface EfficientNetParts {
  readonly network: EfficientNetName
  readonly family: Family
  readonly scheme: NameScheme
  readonly weights: Weights
  readonly weightsDigest: Digest
  readonly bnEpsilon: number
  readonly padding: PaddingRule
  readonly preprocess: Preprocess
}

const STEM_STRIDE = 2
const stageName = (stage: number): string => `stage${stage}`

/**
 * EfficientNet B0 to B7 (Tan, Le 2019) and Lite0 to Lite4, inference only. Taps are the linear outputs of the last block
 * of stages 1..7 (behind the projection and the residual sum, so signed). Batch normalisation is folded in here, once.
 */
export function efficientNet(parts: EfficientNetParts): Backbone {
  const { network, family, scheme, weights, weightsDigest, bnEpsilon, padding, preprocess } = parts
  const structure = networkStructure(network)
  const read = (names: ConvolutionNames, stride: number, depthwise = false): Convolution =>
    foldNorm(weights, names, { stride, depthwise, epsilon: bnEpsilon })

  const activate = structure.lite ? relu6 : silu
  const stem = read(OUTER_NAMES[scheme].stem, STEM_STRIDE)
  const blocks = structure.blocks.map((block) => readBlock(block, scheme, weights, read))
  const stages = Array.from({ length: STAGE_COUNT }, (_, i) => i + 1)

  return {
    name: network,
    family,
    weightsDigest,
    padding,
    bnEpsilon,
    preprocess,
    taps: stages.map((stage) => ({ name: stageName(stage), ...stageTap(structure, stage) })),
    defaultTaps: stages.slice(structure.lite ? 1 : 0, structure.lite ? 5 : 6).map(stageName),

    forward(x, taps) {
      const maps = new Map<string, tf.Tensor4D>()
      let native = structure.resolution // px at this depth, were the input of native size
      let y = activate(convolve(x, stem, padding, native)) // [N, H/2, W/2, stem]
      native = Math.ceil(native / STEM_STRIDE)
      for (const [i, block] of blocks.entries()) {
        y = runBlock(y, block, activate, padding, native)
        native = Math.ceil(native / block.structure.stride)
        const { stage } = block.structure
        if (structure.blocks[i + 1]?.stage !== stage) maps.set(stageName(stage), y)
        if (taps.every((tap) => maps.has(tap))) break
      }
      return taps.map((tap) => maps.get(tap)!)
    },
  }
}

interface Block {
  readonly structure: BlockStructure
  readonly expand?: Convolution
  readonly depthwise: Convolution
  readonly squeeze?: { readonly reduce: Convolution; readonly expand: Convolution }
  readonly project: Convolution
}

type Read = (names: ConvolutionNames, stride: number, depthwise?: boolean) => Convolution

function readBlock(structure: BlockStructure, scheme: NameScheme, weights: Weights, read: Read): Block {
  const names = blockNames(scheme, structure)
  return {
    structure,
    ...(names.expand && { expand: read(names.expand, 1) }),
    depthwise: read(names.depthwise, structure.stride, true),
    ...(names.squeeze && {
      squeeze: { reduce: readPlain(weights, names.squeeze.reduce), expand: readPlain(weights, names.squeeze.expand) },
    }),
    project: read(names.project, 1),
  }
}

function runBlock(
  x: tf.Tensor4D, // [N, h, w, input]
  { structure, expand, depthwise, squeeze, project }: Block,
  activate: (x: tf.Tensor4D) => tf.Tensor4D,
  padding: PaddingRule,
  native: number,
): tf.Tensor4D {
  let y = expand === undefined ? x : activate(convolve(x, expand, padding, native)) // [N, h, w, expanded]
  y = activate(convolve(y, depthwise, padding, native)) // [N, h/stride, w/stride, expanded]
  if (squeeze !== undefined) y = tf.mul(y, gate(y, squeeze))
  y = convolve(y, project, padding, native) // [N, h/stride, w/stride, output], no activation
  return structure.stride === 1 && structure.input === structure.output ? tf.add(y, x) : y
}

/**
 * Squeeze and excitation: a factor in 0..1 per image and channel, [N, 1, 1, C]. Two things keep ONNX Runtime from changing
 * layouts inside the block, which costs a third of its time: one axis is averaged after the other (a mean of a product over
 * both becomes a matrix product in the recorded graph), and the two small convolutions are channels first.
 */
function gate(y: tf.Tensor4D, { reduce, expand }: { reduce: Convolution; expand: Convolution }): tf.Tensor4D {
  const [batch, , , channels] = y.shape
  const mean: tf.Tensor4D = tf.reshape(tf.mean(tf.mean(y, 1, true), 2, true), [batch, channels, 1, 1])
  const factors = tf.sigmoid(pointwise(silu(pointwise(mean, reduce)), expand)) // [N, C, 1, 1]
  return tf.reshape(factors, [batch, 1, 1, channels])
}

/** x: [N, in, 1, 1] -> [N, out, 1, 1]. */
function pointwise(x: tf.Tensor4D, { filter, filterShape, bias }: Convolution): tf.Tensor4D {
  const y = tf.conv2d(x, tf.tensor4d(filter, [...filterShape]), 1, 'valid', 'NCHW')
  return tf.add(y, tf.tensor4d(bias, [1, bias.length, 1, 1]))
}

const tensor = (weights: Weights, name: string): WeightTensor => {
  const found = weights.get(name)
  if (found === undefined) throw new Error(`Internal error: ${name} is missing in a recognised checkpoint`)
  return found
}

/**
 * w' = w g / sqrt(var + epsilon) and b' = beta - mean g / sqrt(var + epsilon) per output channel, in double precision,
 * rounded once. From [out, in, kh, kw] to tfjs' [kh, kw, in, out]; depthwise from [C, 1, kh, kw] to [kh, kw, C, 1].
 */
function foldNorm(
  weights: Weights,
  { convolution, norm }: ConvolutionNames,
  { stride, depthwise, epsilon }: { stride: number; depthwise: boolean; epsilon: number },
): Convolution {
  const [gain, shift, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (part) => tensor(weights, `${norm}.${part}`).data,
  )
  const scale = Float64Array.from(gain, (g, c) => g / Math.sqrt(variance[c] + epsilon))
  const bias = Float32Array.from(shift, (beta, c) => beta - mean[c] * scale[c])
  return { ...toChannelsLast(tensor(weights, `${convolution}.weight`), depthwise, scale), bias, stride, depthwise }
}

function readPlain(weights: Weights, name: string): Convolution {
  const filter = tensor(weights, `${name}.weight`)
  const ones = new Float64Array(filter.shape[0]).fill(1)
  return {
    ...toChannelsLast(filter, false, ones),
    bias: tensor(weights, `${name}.bias`).data,
    stride: 1,
    depthwise: false,
  }
}

function toChannelsLast(
  { shape, data }: WeightTensor,
  depthwise: boolean,
  scale: Float64Array,
): Pick<Convolution, 'filter' | 'filterShape'> {
  const [outputs, inputs, height, width] = shape
  const taps = height * width
  const filter = new Float32Array(data.length)
  let from = 0
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      // depthwise has inputs = 1: tap * outputs + o serves both orders
      for (let tap = 0; tap < taps; tap++) filter[(tap * inputs + i) * outputs + o] = data[from++] * scale[o]
  return { filter, filterShape: depthwise ? [height, width, outputs, 1] : [height, width, inputs, outputs] }
}
