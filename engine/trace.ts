import type * as tf from '@tensorflow/tfjs-core'
import { fuseSums } from './fusion.ts'
import type { Graph, Value } from './graph.ts'
import { encodeModel } from './onnx-model.ts'
import { graphType, Recorded } from './recorded.ts'
import { record, recordedOf, tensorOf } from './recording-backend.ts'
import { cast } from './rewrites.ts'

/** float16 and uint8 exist at the edge only: inside the graph such inputs are float32. */
export interface TensorSpec {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'float16' | 'int32' | 'bool' | 'uint8'
}

export interface TracedGraph {
  /** A serialised ONNX ModelProto, opset 18. */
  readonly model: Uint8Array
  readonly inputs: Readonly<Record<string, TensorSpec>>
  readonly outputs: Readonly<Record<string, TensorSpec>>
}

export type TracedFunction = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>

/**
 * Records a function over tfjs operations as an ONNX graph, without computing anything. Gradients (`tf.grads`,
 * `tf.valueAndGrads`, `tf.customGrad`) may be taken inside. Constant tensors made inside become initializers; their
 * arrays must not change before `trace` returns. Shapes are fixed. Outputs named in `options.outputs` leave as float16.
 * Throws when the function uses a tensor from outside, reads values, or calls an operation that has no kernel.
 */
export function trace(
  fn: TracedFunction,
  inputs: Readonly<Record<string, TensorSpec>>,
  options: { readonly outputs?: Readonly<Record<string, 'float16'>>; readonly name?: string } = {},
): TracedGraph {
  return record((graph) => {
    const tensors = Object.fromEntries(Object.entries(inputs).map(([name, spec]) => [name, input(graph, name, spec)]))
    const results = fn(tensors)
    const values: Record<string, Value> = {}
    const outputs: Record<string, TensorSpec> = {}
    const taken = new Set<Value>()
    for (const [name, tensor] of Object.entries(results)) {
      if (name in inputs) throw new Error(`"${name}" names both an input and an output`)
      const half = options.outputs?.[name] === 'float16'
      const value = output(graph, recordedOf(tensor, graph), half, taken)
      taken.add(value)
      values[name] = value
      outputs[name] = { shape: tensor.shape, dtype: half ? 'float16' : graphType(tensor.dtype) }
    }
    return { model: encodeModel(graph, fuseSums(graph, values), options.name ?? 'flawline'), inputs, outputs }
  })
}

function input(graph: Graph, name: string, { shape, dtype }: TensorSpec): tf.Tensor {
  const value = graph.input(name, dtype, shape)
  const inner = dtype === 'float16' || dtype === 'uint8' ? cast(graph, value, 'float32') : value
  return tensorOf(new Recorded(graph, inner, shape))
}

/** The value an output is read from: at full shape, made by a node, and no other output's. */
function output(graph: Graph, recorded: Recorded, half: boolean, taken: ReadonlySet<Value>): Value {
  const value = half ? cast(graph, recorded.full, 'float16') : recorded.full
  if (value.producer && !taken.has(value)) return value
  return graph.copy(value)
}
