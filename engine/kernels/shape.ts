import type {
  ConcatAttrs,
  ExpandDimsAttrs,
  FillAttrs,
  GatherV2Attrs,
  MirrorPadAttrs,
  PackAttrs,
  PadV2Attrs,
  ReshapeAttrs,
  ReverseAttrs,
  SliceAttrs,
  SplitVAttrs,
  TileAttrs,
  TransposeAttrs,
  UnpackAttrs,
  UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core'
import { backend_util, slice_util, util } from '@tensorflow/tfjs-core'
import type { Graph, Value } from '../graph.ts'
import { filled, graphType, Recorded, recorded } from '../recorded.ts'
import { cast, peel, permutationOf, reshape, transpose } from '../rewrites.ts'
import { permute, range, sameNumbers, type Shape, sizeOf } from '../shapes.ts'
import type { Inputs, KernelTable } from './kernel.ts'

/** Only dimensions of size 1 come or go: the lazily broadcast value follows without being expanded. */
function followOnes(x: Recorded, shape: Shape): Shape | undefined {
  const wide = range(x.shape.length).filter((i) => x.shape[i] !== 1)
  const sizes = wide.map((i) => x.shape[i])
  if (
    !sameNumbers(
      sizes,
      shape.filter((n) => n !== 1),
    )
  )
    return undefined
  let next = 0
  return shape.map((n) => (n === 1 ? 1 : x.value.shape[wide[next++]]))
}

export function reshapeTensor(graph: Graph, x: Recorded, shape: Shape): Recorded {
  if (sizeOf(x.value.shape) === 1)
    return new Recorded(graph, reshape(graph, x.value, Array<number>(shape.length).fill(1)), shape)
  const followed = followOnes(x, shape)
  if (followed) return new Recorded(graph, reshape(graph, x.value, followed), shape)
  return new Recorded(graph, reshape(graph, x.full, shape), shape)
}

function expandDims(graph: Graph, x: Recorded, dim: number): Recorded {
  const at = dim < 0 ? dim + x.shape.length + 1 : dim
  return reshapeTensor(graph, x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])
}

/** Joins along an axis; where all parts were made by the same Transpose, before it. */
function concat(graph: Graph, parts: readonly Recorded[], axis: number): Recorded {
  const present = parts.filter((part) => sizeOf(part.shape) > 0)
  if (present.length === 0) return parts[0]
  if (present.length === 1) return present[0]
  const shape = [...present[0].shape]
  shape[axis] = present.reduce((sum, part) => sum + part.shape[axis], 0)
  const values = present.map((part) => part.full)
  const permutation = permutationOf(values[0])
  const shared = permutation !== undefined && values.every((v) => sameNumbers(permutationOf(v) ?? [], permutation))
  const inner = shared ? values.map((v) => peel(v).inner) : values
  const innerAxis = shared ? permutation[axis] : axis
  const innerShape = [...inner[0].shape]
  innerShape[innerAxis] = shape[axis]
  const joined = graph.node('Concat', inner, inner[0].type, innerShape, { axis: { int: innerAxis } })
  return new Recorded(graph, shared ? transpose(graph, joined, permutation) : joined, shape)
}

/** ONNX Slice with one begin, end and step per axis of the value. */
export function sliceValue(graph: Graph, value: Value, begin: Shape, end: Shape, steps?: Shape): Value {
  const stride = steps ?? begin.map(() => 1)
  const shape = begin.map((b, i) => Math.max(0, Math.ceil((end[i] - b) / stride[i])))
  if (sameNumbers(shape, value.shape) && stride.every((s) => s === 1)) return value
  const used = range(begin.length).filter((i) => shape[i] !== value.shape[i] || stride[i] !== 1)
  const bounds = [begin, end, used, stride].map((list) => graph.integers(list === used ? used : permute(list, used)))
  return graph.node('Slice', [value, ...bounds], value.type, shape)
}

function slice(graph: Graph, x: Recorded, begin: Shape, size: Shape): Recorded {
  const { inner, permutation } = peel(x.value)
  const shape = size.map((n, i) => (n === -1 ? x.shape[i] - begin[i] : n))
  const lazy = (i: number): boolean => x.value.shape[i] === 1 && x.shape[i] !== 1
  const starts = begin.map((b, i) => (lazy(i) ? 0 : b))
  const ends = shape.map((n, i) => (lazy(i) ? 1 : begin[i] + n))
  if (!permutation) return new Recorded(graph, sliceValue(graph, inner, starts, ends), shape)
  const toInner = (list: Shape): number[] => range(list.length).map((axis) => list[permutation.indexOf(axis)])
  return new Recorded(
    graph,
    transpose(graph, sliceValue(graph, inner, toInner(starts), toInner(ends)), permutation),
    shape,
  )
}

/** Pads by `[before, after]` per axis of the tensor, before the Transpose that made it. */
function pad(
  graph: Graph,
  x: Recorded,
  paddings: readonly (readonly [number, number])[],
  mode: string,
  fill?: Value,
): Recorded {
  const shape = x.shape.map((n, i) => n + paddings[i][0] + paddings[i][1])
  const { inner, permutation } = peel(x.full)
  const order = permutation ? range(shape.length).map((axis) => permutation.indexOf(axis)) : range(shape.length)
  const pads = graph.integers([...order.map((i) => paddings[i][0]), ...order.map((i) => paddings[i][1])])
  const padded = graph.node('Pad', fill ? [inner, pads, fill] : [inner, pads], inner.type, permute(shape, order), {
    mode: { text: mode },
  })
  return new Recorded(graph, permutation ? transpose(graph, padded, permutation) : padded, shape)
}

/** Mirror with the edge repeated, which ONNX Pad lacks: one gather per padded axis. */
function symmetricPad(graph: Graph, x: Recorded, paddings: readonly (readonly [number, number])[]): Recorded {
  return paddings.reduce((padded, [before, after], axis) => {
    if (before === 0 && after === 0) return padded
    const n = padded.shape[axis]
    const mirrored = range(n + before + after).map((i) => {
      const at = i - before
      return at < 0 ? -1 - at : at < n ? at : 2 * n - 1 - at
    })
    return gather(graph, padded, graph.integers(mirrored), [mirrored.length], axis)
  }, x)
}

function gather(graph: Graph, x: Recorded, indices: Value, indexShape: Shape, axis: number): Recorded {
  const shape = [...x.shape.slice(0, axis), ...indexShape, ...x.shape.slice(axis + 1)]
  return recorded(graph, graph.node('Gather', [x.full, indices], x.value.type, shape, { axis: { int: axis } }))
}

function split(graph: Graph, x: Recorded, sizes: readonly number[], axis: number): Recorded[] {
  let start = 0
  return sizes.map((n) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0))
    start += n
    return slice(
      graph,
      x,
      begin,
      x.shape.map((full, i) => (i === axis ? n : full)),
    )
  })
}

function transposeTensor(graph: Graph, x: Recorded, perm: Shape): Recorded {
  return new Recorded(graph, transpose(graph, x.value, perm), permute(x.shape, perm))
}

function tile(graph: Graph, x: Recorded, reps: Shape): Recorded {
  const shape = x.shape.map((n, i) => n * reps[i])
  // A dimension of one value repeats for free.
  if (x.value.shape.every((n, i) => n === 1 || reps[i] === 1)) return new Recorded(graph, x.value, shape)
  return recorded(graph, graph.node('Tile', [x.full, graph.integers(reps)], x.value.type, shape))
}

function reverse(graph: Graph, x: Recorded, dims: Shape): Recorded {
  if (dims.length === 0) return x
  const axes = util.parseAxisParam([...dims], [...x.shape])
  const flipped = new Set(axes)
  return recorded(graph, reverseValue(graph, x.full, flipped))
}

/** The value with some axes running backwards. */
export function reverseValue(graph: Graph, value: Value, axes: ReadonlySet<number>): Value {
  const used = [...axes].filter((axis) => value.shape[axis] !== 1)
  if (used.length === 0) return value
  const bounds = [used.map(() => -1), used.map(() => -1 - Math.max(...value.shape)), used, used.map(() => -1)]
  return graph.node('Slice', [value, ...bounds.map((list) => graph.integers(list))], value.type, value.shape)
}

export const shapeKernels: KernelTable = {
  Reshape: (graph, { x }: Inputs, { shape }: ReshapeAttrs) =>
    reshapeTensor(graph, x, util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  ExpandDims: (graph, { input }: Inputs, { dim }: ExpandDimsAttrs) => expandDims(graph, input, dim),
  Transpose: (graph, { x }: Inputs, { perm }: TransposeAttrs) => transposeTensor(graph, x, perm),
  Concat: (graph, inputs, { axis }: ConcatAttrs) => {
    const parts = Object.values(inputs)
    return concat(graph, parts, util.parseAxisParam(axis, [...parts[0].shape])[0])
  },
  Slice: (graph, { x }: Inputs, { begin, size }: SliceAttrs) => {
    const [start, extent] = slice_util.parseSliceParams(tensorLike(x), begin, size)
    return slice(graph, x, start, extent)
  },
  SplitV: (graph, { x }: Inputs, { numOrSizeSplits, axis }: SplitVAttrs) => {
    const at = util.parseAxisParam(axis, [...x.shape])[0]
    return split(graph, x, backend_util.prepareSplitSize(tensorLike(x), numOrSizeSplits, at), at)
  },
  PadV2: (graph, { x }: Inputs, { paddings, constantValue }: PadV2Attrs) =>
    paddings.every(([before, after]) => before === 0 && after === 0)
      ? x
      : pad(graph, x, paddings, 'constant', graph.scalar(constantValue, x.dtype)),
  MirrorPad: (graph, { x }: Inputs, { paddings, mode }: MirrorPadAttrs) =>
    mode === 'reflect' ? pad(graph, x, paddings, 'reflect') : symmetricPad(graph, x, paddings),
  Tile: (graph, { x }: Inputs, { reps }: TileAttrs) => tile(graph, x, reps),
  Reverse: (graph, { x }: Inputs, { dims }: ReverseAttrs) =>
    reverse(graph, x, typeof dims === 'number' ? [dims] : dims),
  Pack: (graph, inputs, { axis }: PackAttrs) => {
    const parts = Object.values(inputs).map((part) => expandDims(graph, part, axis))
    return concat(graph, parts, axis < 0 ? axis + parts[0].shape.length : axis)
  },
  Unpack: (graph, { value }: Inputs, { axis }: UnpackAttrs) => {
    const at = axis < 0 ? axis + value.shape.length : axis
    const rest = value.shape.filter((_, i) => i !== at)
    const ones = Array<number>(value.shape[at]).fill(1)
    return split(graph, value, ones, at).map((part) => reshapeTensor(graph, part, rest))
  },
  GatherV2: (graph, { x, indices }: Inputs, { axis, batchDims }: GatherV2Attrs) => {
    if (batchDims !== 0) throw new Error('gather with batchDims is not recorded')
    return gather(graph, x, indices.full, indices.shape, util.parseAxisParam(axis, [...x.shape])[0])
  },
  UnsortedSegmentSum: (graph, { x, segmentIds }: Inputs, { numSegments }: UnsortedSegmentSumAttrs) => {
    const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)]
    const zeros = filled(graph, shape, 0, x.dtype).full
    const ids = reshape(graph, cast(graph, segmentIds.full, 'int64'), [...segmentIds.shape, 1])
    return recorded(
      graph,
      graph.node('ScatterND', [zeros, ids, x.full], x.dtype, shape, { reduction: { text: 'add' } }),
    )
  },
  Fill: (graph, _inputs, { shape, value, dtype }: FillAttrs) => {
    if (typeof value !== 'number') throw new Error('fill with text is not recorded')
    return filled(graph, shape, value, graphType(dtype))
  },
  ZerosLike: (graph, { x }: Inputs) => filled(graph, x.shape, 0, x.dtype),
  OnesLike: (graph, { x }: Inputs) => filled(graph, x.shape, 1, x.dtype),
}

/** tfjs' shape helpers ask for a tensor where they read its shape and rank only. */
function tensorLike(x: Recorded): Parameters<typeof backend_util.prepareSplitSize>[0] {
  return { shape: x.shape, rank: x.shape.length } as unknown as Parameters<typeof backend_util.prepareSplitSize>[0]
}
