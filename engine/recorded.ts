import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import type { ElementType, Graph, Value } from './graph.ts'
import { expand, uniformOf } from './rewrites.ts'
import type { Shape } from './shapes.ts'

/**
 * What stands behind a tfjs tensor while a function is recorded: a graph value that broadcasts to the tensor's shape.
 * Same rank; each dimension of the value is the tensor's or 1, so `ones([28900, 832])` stays one number.
 * It is its own tfjs data id.
 */
export class Recorded {
  readonly graph: Graph
  readonly value: Value
  readonly shape: Shape
  constructor(graph: Graph, value: Value, shape: Shape) {
    this.graph = graph
    this.value = value
    this.shape = shape
  }

  /** The value at the tensor's full shape. */
  get full(): Value {
    return expand(this.graph, this.value, this.shape)
  }

  /** The number all elements are known to have. */
  get uniform(): number | undefined {
    return uniformOf(this.value)
  }

  get dtype(): 'float32' | 'int32' | 'bool' {
    return tensorType(this.value.type)
  }

  /** As a tfjs kernel result. */
  get info(): TensorInfo {
    return { dataId: this, shape: [...this.shape], dtype: this.dtype }
  }
}

export function tensorType(type: ElementType): 'float32' | 'int32' | 'bool' {
  if (type === 'float32' || type === 'int32' || type === 'bool') return type
  throw new Error(`${type} values live at the edge of a graph only`)
}

export function graphType(dtype: DataType): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype
  throw new Error(`tensors of ${dtype} cannot be recorded`)
}

/** A tensor that equals one number everywhere. */
export function filled(graph: Graph, shape: Shape, x: number, dtype: 'float32' | 'int32' | 'bool'): Recorded {
  return new Recorded(graph, graph.scalar(x, dtype, shape.length), shape)
}

/** A tensor held by a value of its full shape. */
export function recorded(graph: Graph, value: Value): Recorded {
  return new Recorded(graph, value, value.shape)
}
