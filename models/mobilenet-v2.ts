import * as tf from '@tensorflow/tfjs-core'
import { Failure } from '../base/diagnostic.ts'
import { digestBytes } from '../base/digest.ts'
import type { Backbone, Tap } from './backbone.ts'
import { SYMMETRIC_UNIT } from './checkpoint/family.ts'
import { OBJECTRON_DIGEST, OBJECTRON_FILE } from './checkpoint/objectron.ts'
import { readTflite, type TfliteGraph, type TfliteOperator } from './checkpoint/tflite.ts'
import { type Convolution, convolve, type PaddingRule, relu6 } from './convolution.ts'

export const MOBILENET_V2 = 'mobilenet-v2'

const MODEL_START = 184 // before it: a label map
const PREFIX = 'FeatureExtractor/MobilenetV2/'

/** Linear outputs of the last block of each resolution, the block in the middle of stride 16, and the last activation. */
const TAPS: readonly (Tap & { readonly tensor: string })[] = [
  { name: 'block0', channels: 16, stride: 2, tensor: 'expanded_conv/project/' },
  { name: 'block2', channels: 24, stride: 4, tensor: 'expanded_conv_2/add' },
  { name: 'block5', channels: 32, stride: 8, tensor: 'expanded_conv_5/add' },
  { name: 'block9', channels: 64, stride: 16, tensor: 'expanded_conv_9/add' },
  { name: 'block12', channels: 96, stride: 16, tensor: 'expanded_conv_12/add' },
  { name: 'block15', channels: 160, stride: 32, tensor: 'expanded_conv_15/add' },
  { name: 'last', channels: 1280, stride: 32, tensor: 'Conv_1/Relu6' },
]

/**
 * MobileNetV2 of an SSD detector (Open Images V4), from the npm package `@mediapipe/objectron` (Apache-2.0), whose
 * JavaScript is never loaded. For trying out and tests: its features are well below those of EfficientNet-B6.
 * Throws Failure E302 where the file is another one.
 */
export function loadMobileNetV2(file: Uint8Array, padding: PaddingRule = 'same'): Backbone {
  const weightsDigest = digestBytes(file)
  if (weightsDigest !== OBJECTRON_DIGEST)
    throw new Failure('E302', `${OBJECTRON_FILE} is not the published file: SHA-256 ${weightsDigest}`, {
      help: [`expected ${OBJECTRON_DIGEST}; reinstall the package`],
    })
  const graph = readTflite(file.subarray(MODEL_START))
  const trunk = graph.operators.map(toLayer)
  const outputOf = new Map(TAPS.map((tap) => [tap.name, findOutput(graph, PREFIX + tap.tensor)]))

  return {
    name: MOBILENET_V2,
    family: 'mediapipe',
    weightsDigest,
    padding,
    bnEpsilon: null,
    preprocess: { ...SYMMETRIC_UNIT, filter: 'bilinear' },
    taps: TAPS.map(({ name, channels, stride }) => ({ name, channels, stride })),
    defaultTaps: ['block2', 'block5', 'block9', 'block12'],

    forward(x, taps) {
      const wanted = taps.map((tap) => outputOf.get(tap)!)
      const values = new Map<number, tf.Tensor4D>([[graph.inputs[0], x]])
      for (const layer of trunk) {
        if (wanted.every((index) => values.has(index))) break
        layer(values, padding)
      }
      return wanted.map((index) => values.get(index)!)
    },
  }
}

/** Fused names are joined by ";": the first part is the tensor's own. */
function findOutput(graph: TfliteGraph, start: string): number {
  const index = graph.tensorNames.findIndex(
    (name, i) =>
      name.split(';')[0].startsWith(start) &&
      graph.operators.some((operator) => operator.kind !== 'other' && operator.output === i),
  )
  if (index < 0) throw new Error(`Internal error: no tensor ${start} in the verified file`)
  return index
}

type Layer = (values: Map<number, tf.Tensor4D>, padding: PaddingRule) => void

function toLayer(operator: TfliteOperator): Layer {
  switch (operator.kind) {
    case 'convolution':
    case 'depthwise': {
      const convolution = toConvolution(operator)
      return (values, padding) => {
        const y = convolve(values.get(operator.input)!, convolution, padding)
        values.set(operator.output, operator.activation === 'relu6' ? relu6(y) : y)
      }
    }
    case 'add':
      return (values) => {
        const [a, b] = operator.inputs.map((index) => values.get(index)!)
        values.set(operator.output, tf.add(a, b))
      }
    case 'other':
      return () => undefined // reshapes of the detector's heads; no tap lies behind them
  }
}

/** [out, kh, kw, in] -> [kh, kw, in, out]; depthwise [1, kh, kw, C] -> [kh, kw, C, 1] keeps its order. */
function toConvolution(operator: TfliteOperator & { kind: 'convolution' | 'depthwise' }): Convolution {
  const { filter, bias, stride } = operator
  const [outputs, height, width, inputs] = filter.shape
  if (operator.kind === 'depthwise')
    return { filter: filter.data, filterShape: [height, width, inputs, 1], bias: bias.data, stride, depthwise: true }
  const data = new Float32Array(filter.data.length)
  const inner = height * width * inputs
  for (let o = 0; o < outputs; o++) for (let i = 0; i < inner; i++) data[i * outputs + o] = filter.data[o * inner + i]
  return { filter: data, filterShape: [height, width, inputs, outputs], bias: bias.data, stride, depthwise: false }
}
