import type { ElementType, Graph, Value } from './graph.ts'
import { elementsOf, SMALL } from './graph.ts'
import { invert, padRank, permute, sameNumbers, type Shape, sizeOf } from './shapes.ts'

/** The number a constant of one element holds. */
export const uniformOf = (value: Value): number | undefined =>
  value.constant?.length === 1 ? Number(value.constant[0]) : undefined

export function reshape(graph: Graph, value: Value, shape: Shape): Value {
  if (sameNumbers(value.shape, shape)) return value
  if (value.constant && value.constant.length <= SMALL) return graph.constant(value.constant, value.type, shape)
  if (value.producer?.op === 'Reshape') return reshape(graph, value.producer.inputs[0], shape)
  return graph.node('Reshape', [value, graph.integers(shape)], value.type, shape)
}

/** The permutation of the Transpose that made a value. */
export function permutationOf(value: Value): Shape | undefined {
  if (value.producer?.op !== 'Transpose') return undefined
  return (value.producer.attributes['perm'] as { ints: Shape }).ints
}

/** A transposed view: transposes of transposes compose, and one that moves only dimensions of size 1 is a Reshape. */
export function transpose(graph: Graph, value: Value, permutation: Shape): Value {
  const shape = permute(value.shape, permutation)
  const moved = permutation.filter((axis) => value.shape[axis] !== 1)
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) return reshape(graph, value, shape)
  const inner = permutationOf(value)
  if (inner && value.producer) return transpose(graph, value.producer.inputs[0], permute(inner, permutation))
  return graph.node('Transpose', [value], value.type, shape, { perm: { ints: permutation } })
}

/** A value in the layout it was computed in: `value` is `transpose(inner, permutation)`. */
export function peel(value: Value): { inner: Value; permutation: Shape | undefined } {
  const permutation = permutationOf(value)
  return permutation && value.producer
    ? { inner: value.producer.inputs[0], permutation }
    : { inner: value, permutation }
}

const CHEAP = 16 // an operand this many times smaller than the largest may be transposed on the way

/**
 * Operands of an elementwise node in one common layout. When the largest was made by a Transpose, all are taken
 * before it and the result is to be transposed instead, so that Transposes meet and cancel between convolutions.
 */
export function alignLayouts(
  graph: Graph,
  values: readonly Value[],
): { values: readonly Value[]; permutation: Shape | undefined } {
  const untouched = { values, permutation: undefined }
  const largest = values.reduce((a, b) => (sizeOf(b.shape) > sizeOf(a.shape) ? b : a))
  const permutation = permutationOf(largest)
  if (!permutation) return untouched
  const back = invert(permutation)
  const aligned: Value[] = []
  for (const value of values) {
    const own = permutationOf(value)
    if (own && value.producer && sameNumbers(own, permutation)) aligned.push(value.producer.inputs[0])
    else if (sizeOf(value.shape) * CHEAP <= sizeOf(largest.shape) || value.constant?.length === 1)
      aligned.push(transpose(graph, reshape(graph, value, padRank(value.shape, permutation.length)), back))
    else return untouched
  }
  return { values: aligned, permutation }
}

export function cast(graph: Graph, value: Value, type: ElementType): Value {
  if (value.type === type) return value
  const uniform = uniformOf(value)
  if (uniform !== undefined && type !== 'float16') {
    const converted = type === 'float32' ? uniform : type === 'bool' ? Number(uniform !== 0) : Math.trunc(uniform)
    return graph.constant(elementsOf(type, [converted]), type, value.shape)
  }
  return graph.node('Cast', [value], type, value.shape, { to: { int: onnxType(type) } })
}

export function expand(graph: Graph, value: Value, shape: Shape): Value {
  if (sameNumbers(value.shape, shape)) return value
  return graph.node('Expand', [value, graph.integers(shape)], value.type, shape)
}

/** The numbers of TensorProto.DataType. */
export function onnxType(type: ElementType): number {
  return { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 }[type]
}
