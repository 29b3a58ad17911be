import type { ArgMaxAttrs, MaxAttrs, SoftmaxAttrs, TopKAttrs } from '@tensorflow/tfjs-core'
import type { Graph, Value } from '../graph.ts'
import { filled, Recorded } from '../recorded.ts'
import { cast, peel, reshape, transpose } from '../rewrites.ts'
import { axesOf, range, sameNumbers, sizeOf } from '../shapes.ts'
import { multiply } from './elementwise.ts'
import type { Inputs, KernelTable } from './kernel.ts'
import { reshapeTensor } from './shape.ts'

interface ReduceAttrs {
  readonly axis?: number | number[] | null
  readonly keepDims?: boolean
}
type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd'

function reduce(graph: Graph, op: Reduction, x: Recorded, { axis, keepDims }: ReduceAttrs): Recorded {
  const axes = axesOf(axis, x.shape.length)
  const reduced = new Set(axes)
  const kept = x.shape.map((n, i) => (reduced.has(i) ? 1 : n))
  const source = op === 'ReduceProd' ? new Recorded(graph, x.full, x.shape) : x
  let result = new Recorded(graph, reduceValue(graph, op, source.value, axes), kept)
  if (op === 'ReduceSum') {
    const repeats = axes.reduce((product, i) => product * (source.value.shape[i] === x.shape[i] ? 1 : x.shape[i]), 1)
    result = multiply(graph, result, filled(graph, [], repeats, x.dtype))
  }
  return keepDims === true
    ? result
    : reshapeTensor(
        graph,
        result,
        x.shape.filter((_, i) => !reduced.has(i)),
      )
}

/** Reduces some axes to 1, on the near side of a Transpose. */
function reduceValue(graph: Graph, op: Reduction, value: Value, axes: readonly number[]): Value {
  const { inner, permutation } = peel(value)
  const wanted = axes.map((axis) => permutation?.[axis] ?? axis).filter((axis) => inner.shape[axis] !== 1)
  if (wanted.length === 0) return value
  wanted.sort((a, b) => a - b)
  const shape = inner.shape.map((n, i) => (wanted.includes(i) ? 1 : n))
  const result =
    scaledReduction(graph, op, inner, wanted, shape) ??
    dotReduction(graph, op, inner, wanted, shape) ??
    graph.node(op, [inner, graph.integers(wanted)], inner.type, shape, { keepdims: { int: 1 } })
  return permutation ? transpose(graph, result, permutation) : result
}

/** The sum of s * x is s times the sum of x, where s is the same along the reduced axes. */
function scaledReduction(
  graph: Graph,
  op: Reduction,
  inner: Value,
  axes: readonly number[],
  shape: readonly number[],
): Value | undefined {
  if ((op !== 'ReduceSum' && op !== 'ReduceMean') || inner.producer?.op !== 'Mul' || inner.type !== 'float32')
    return undefined
  const [p, q] = inner.producer.inputs
  const [factor, x] = sizeOf(p.shape) < sizeOf(q.shape) ? [p, q] : [q, p]
  const rank = inner.shape.length
  if (x.shape.length !== rank || !axes.every((axis) => (factor.shape[axis - rank + factor.shape.length] ?? 1) === 1))
    return undefined
  return graph.node('Mul', [factor, reduceValue(graph, op, x, axes)], 'float32', shape)
}

const DOT_MIN = 1024 // elements per row from which a product pays
const DOT_ROWS = 16 // rows that a full reduction is split into, for the threads

/** Sums of a product over trailing axes as rows times columns: ten times faster than Mul and ReduceSum, nothing stored. */
function dotReduction(
  graph: Graph,
  op: Reduction,
  inner: Value,
  axes: readonly number[],
  shape: readonly number[],
): Value | undefined {
  const product = inner.producer
  if ((op !== 'ReduceSum' && op !== 'ReduceMean') || product?.op !== 'Mul' || inner.type !== 'float32') return undefined
  const rank = inner.shape.length
  if (!product.inputs.every((input) => sameNumbers(input.shape, inner.shape))) return undefined
  if (!axes.every((axis, i) => axis === rank - axes.length + i)) return undefined
  let lead = rank - axes.length
  while (lead < rank - 1 && sizeOf(inner.shape.slice(0, lead)) < DOT_ROWS) lead++
  const rows = sizeOf(inner.shape.slice(0, lead))
  const columns = sizeOf(inner.shape.slice(lead))
  if (columns < DOT_MIN) return undefined
  const [a, b] = product.inputs
  const vectors = [a, b].map((value) => reshape(graph, value, [rows, 1, columns]))
  const dots = graph.node('FusedMatMul', vectors, 'float32', [rows, 1, 1], { transB: { int: 1 } })
  const partial = reshape(graph, dots, [...inner.shape.slice(0, lead), ...Array<number>(rank - lead).fill(1)])
  const rest = axes.filter((axis) => axis < lead && inner.shape[axis] !== 1)
  const sum =
    rest.length === 0
      ? partial
      : graph.node('ReduceSum', [partial, graph.integers(rest)], 'float32', shape, { keepdims: { int: 1 } })
  if (op === 'ReduceSum') return sum
  const count = sizeOf(inner.shape) / sizeOf(shape)
  return graph.node('Mul', [sum, graph.scalar(1 / count, 'float32')], 'float32', shape)
}

const reduction =
  (op: Reduction) =>
  (graph: Graph, { x }: Inputs, attrs: ReduceAttrs): Recorded =>
    reduce(graph, op, x, attrs)

function argument(graph: Graph, op: 'ArgMax' | 'ArgMin', x: Recorded, axis: number): Recorded {
  const at = axis < 0 ? axis + x.shape.length : axis
  const shape = x.shape.filter((_, i) => i !== at)
  const index = graph.node(op, [x.full], 'int64', shape, { axis: { int: at }, keepdims: { int: 0 } })
  return new Recorded(graph, cast(graph, index, 'int32'), shape)
}

function any(graph: Graph, op: 'ReduceMax' | 'ReduceMin', x: Recorded, attrs: ReduceAttrs): Recorded {
  const counted = reduce(graph, op, new Recorded(graph, cast(graph, x.value, 'int32'), x.shape), attrs)
  return new Recorded(graph, cast(graph, counted.value, 'bool'), counted.shape)
}

export const reductionKernels: KernelTable = {
  Sum: (graph, { x }: Inputs, attrs: ReduceAttrs) =>
    reduce(
      graph,
      'ReduceSum',
      x.dtype === 'bool' ? new Recorded(graph, cast(graph, x.value, 'int32'), x.shape) : x,
      attrs,
    ),
  Mean: (graph, { x }: Inputs, attrs: ReduceAttrs) =>
    reduce(graph, 'ReduceMean', new Recorded(graph, cast(graph, x.value, 'float32'), x.shape), attrs),
  Max: (graph, { x }: Inputs, { reductionIndices, keepDims }: MaxAttrs & { reductionIndices: number | number[] }) =>
    reduce(graph, 'ReduceMax', x, { axis: reductionIndices, keepDims }),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  All: (graph, { x }: Inputs, attrs: ReduceAttrs) => any(graph, 'ReduceMin', x, attrs),
  Any: (graph, { x }: Inputs, attrs: ReduceAttrs) => any(graph, 'ReduceMax', x, attrs),
  ArgMax: (graph, { x }: Inputs, { axis }: ArgMaxAttrs) => argument(graph, 'ArgMax', x, axis),
  ArgMin: (graph, { x }: Inputs, { axis }: ArgMaxAttrs) => argument(graph, 'ArgMin', x, axis),
  Softmax: (graph, { logits }: Inputs, { dim }: SoftmaxAttrs) =>
    new Recorded(
      graph,
      graph.node('Softmax', [logits.full], 'float32', logits.shape, { axis: { int: dim } }),
      logits.shape,
    ),
  TopK: (graph, { x }: Inputs, { k, sorted }: TopKAttrs) => {
    const shape = range(x.shape.length).map((i) => (i === x.shape.length - 1 ? k : x.shape[i]))
    const [values, indices] = graph.nodes(
      'TopK',
      [x.full, graph.integers([k])],
      [
        { type: x.dtype, shape },
        { type: 'int64', shape },
      ],
      { sorted: { int: sorted ? 1 : 0 } },
    )
    return [new Recorded(graph, values, shape), new Recorded(graph, cast(graph, indices, 'int32'), shape)]
  },
}
