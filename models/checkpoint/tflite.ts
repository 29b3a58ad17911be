import { float16ToFloat32 } from '../../base/float16.ts'
import { unreadable } from './byte-reader.ts'
import { FlatTable } from './flatbuffer.ts'
import { elementCount, type WeightTensor } from './tensors.ts'

export type FusedActivation = 'none' | 'relu6'

interface Convolution {
  readonly input: number
  readonly output: number
  /** convolution: [out, kh, kw, in]; depthwise: [1, kh, kw, channels]. */
  readonly filter: WeightTensor
  readonly bias: WeightTensor
  readonly stride: number
  readonly activation: FusedActivation
}

/** Inputs and outputs are indices into `tensorNames`. */
export type TfliteOperator =
  | ({ readonly kind: 'convolution' | 'depthwise' } & Convolution)
  | { readonly kind: 'add'; readonly inputs: readonly [number, number]; readonly output: number }
  | {
      readonly kind: 'other'
      readonly code: number
      readonly inputs: readonly number[]
      readonly outputs: readonly number[]
    }

export interface TfliteGraph {
  readonly tensorNames: readonly string[]
  readonly inputs: readonly number[]
  /** In order of execution, constants (DEQUANTIZE of fp16) already folded into the filters. */
  readonly operators: readonly TfliteOperator[]
}

// tensorflow/lite/schema/schema.fbs, version 3: field numbers of its tables, and the codes that are read here.
const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, buffers: 4 }
const SUBGRAPH = { tensors: 0, inputs: 1, operators: 3 }
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3 }
const OPERATOR = { code: 0, inputs: 1, outputs: 2, options: 4 }
const CONV_OPTIONS = { padding: 0, strideW: 1, strideH: 2, activation: 3, dilationW: 4, dilationH: 5 }
const DEPTHWISE_OPTIONS = { padding: 0, strideW: 1, strideH: 2, activation: 4, dilationW: 5, dilationH: 6 }
const CODE = { add: 0, convolution: 3, depthwise: 4, dequantize: 6 }
const TYPE = { float32: 0, float16: 1 }
const PADDING_SAME = 0
const ACTIVATIONS = new Map<number, FusedActivation>([
  [0, 'none'],
  [3, 'relu6'],
])

/**
 * Reads a TensorFlow Lite model as far as a convolutional trunk needs: float32 or float16 constants, SAME padding,
 * no dilation. What is damaged, or a convolution outside of that, throws Failure E304.
 */
export function readTflite(bytes: Uint8Array): TfliteGraph {
  if (new TextDecoder().decode(bytes.subarray(4, 8)) !== 'TFL3') throw unreadable('no TensorFlow Lite model', 4)
  const model = FlatTable.root(bytes)
  if (model.uint32(MODEL.version) !== 3) throw unreadable('another TensorFlow Lite schema than 3', 0)
  const codes = model.tables(MODEL.operatorCodes).map((code) => Math.max(code.int8(0), code.int32(3)))
  const graphs = model.tables(MODEL.subgraphs)
  if (graphs.length !== 1) throw unreadable('not exactly one graph', 0)
  const tensors = graphs[0].tables(SUBGRAPH.tensors)
  const constants = new Constants(tensors, model.tables(MODEL.buffers))

  const operators: TfliteOperator[] = []
  for (const table of graphs[0].tables(SUBGRAPH.operators)) {
    const code = codes[table.uint32(OPERATOR.code)]
    const inputs = table.int32s(OPERATOR.inputs)
    const outputs = table.int32s(OPERATOR.outputs)
    if (code === CODE.dequantize && constants.has(inputs[0])) constants.alias(outputs[0], inputs[0])
    else if (code === CODE.convolution || code === CODE.depthwise) {
      const kind = code === CODE.convolution ? 'convolution' : 'depthwise'
      operators.push({ kind, ...readConvolution(table, kind, inputs, outputs, constants) })
    } else if (code === CODE.add && inputs.length === 2)
      operators.push({ kind: 'add', inputs: [inputs[0], inputs[1]], output: outputs[0] })
    else operators.push({ kind: 'other', code, inputs, outputs })
  }
  return {
    tensorNames: tensors.map((tensor) => tensor.text(TENSOR.name)),
    inputs: graphs[0].int32s(SUBGRAPH.inputs),
    operators,
  }
}

function readConvolution(
  table: FlatTable,
  kind: 'convolution' | 'depthwise',
  inputs: readonly number[],
  outputs: readonly number[],
  constants: Constants,
): Convolution {
  const field = kind === 'convolution' ? CONV_OPTIONS : DEPTHWISE_OPTIONS
  const options = table.table(OPERATOR.options)
  if (options === undefined) throw unreadable('a convolution without options', 0)
  const stride = options.int32(field.strideH)
  const activation = ACTIVATIONS.get(options.int8(field.activation))
  const plain =
    options.int8(field.padding) === PADDING_SAME &&
    options.int32(field.strideW) === stride &&
    options.int32(field.dilationW, 1) === 1 &&
    options.int32(field.dilationH, 1) === 1
  if (!plain || activation === undefined) throw unreadable('a convolution of a kind that is not known here', 0)
  const [input, filter, bias] = inputs
  return { input, output: outputs[0], filter: constants.get(filter), bias: constants.get(bias), stride, activation }
}

class Constants {
  readonly #tensors: readonly FlatTable[]
  readonly #buffers: readonly FlatTable[]
  readonly #aliases = new Map<number, number>()

  constructor(tensors: readonly FlatTable[], buffers: readonly FlatTable[]) {
    this.#tensors = tensors
    this.#buffers = buffers
  }

  #data(index: number): Uint8Array | undefined {
    const tensor = index < 0 ? undefined : this.#tensors.at(index) // -1: an optional input left out
    const data = tensor === undefined ? undefined : this.#buffers.at(tensor.uint32(TENSOR.buffer))?.bytes(0)
    return data === undefined || data.length === 0 ? undefined : data
  }

  has(index: number): boolean {
    return this.#data(index) !== undefined
  }

  /** The tensor `index` is the float32 form of the constant `of`. */
  alias(index: number, of: number): void {
    this.#aliases.set(index, of)
  }

  get(index: number): WeightTensor {
    const source = this.#aliases.get(index) ?? index
    const bytes = this.#data(source)
    if (bytes === undefined) throw unreadable('a convolution without constant weights', 0)
    const shape = this.#tensors[source].int32s(TENSOR.shape)
    const type = this.#tensors[source].int8(TENSOR.type)
    const copy = new Uint8Array(bytes).buffer // aligned
    const wanted = elementCount(shape) * (type === TYPE.float16 ? 2 : 4)
    if ((type !== TYPE.float16 && type !== TYPE.float32) || bytes.length !== wanted)
      throw unreadable('a constant of another type or size than its tensor', bytes.byteOffset)
    return { shape, data: type === TYPE.float16 ? float16ToFloat32(new Uint16Array(copy)) : new Float32Array(copy) }
  }
}
