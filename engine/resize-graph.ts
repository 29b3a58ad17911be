import type { Graph, Value } from './graph.ts'
import { operators, UNKNOWN } from './resize-operators.ts'
import { BLOCK, blockWeights, MIDDLE_BYTE, ONE, type ResizeKernel } from './resize-weights.ts'
import { cast, reshape } from './rewrites.ts'

export interface WorkingImage {
  /** Side of the square, px. */
  readonly size: number
  /** letterbox keeps the aspect ratio and leaves black bars. */
  readonly fit: 'stretch' | 'letterbox'
  readonly filter: ResizeKernel
}

// Pillow's fixed-point resampling (Resample.c) in ONNX operators. Weights come from the image's size in double precision,
// by the same operations in the same order as `imaging/resize.ts`; sums are whole numbers. So the result is the same to
// the bit on any runtime, which the operator Resize with antialias = 1 is not: ONNX Runtime differs by a grey level or two.

/** image: uint8 [H, W, 3] of any H and W -> float32 [1, 3, size, size] of whole numbers 0..255. */
export function resizeInto(graph: Graph, image: Value, { size, fit, filter }: WorkingImage): Value {
  const { node, integer, real } = operators(graph)
  const shape = node('Shape', [image], 'int64')
  const sideOf = (axis: number): Value => cast(graph, node('Gather', [shape, integer(axis)], 'int64'), 'float64')
  const from = { height: sideOf(0), width: sideOf(1) }
  const to = fit === 'stretch' ? { height: real(size), width: real(size) } : innerSize(graph, from, size)

  const columns = node('Transpose', [image], 'uint8', { perm: { ints: [1, 2, 0] } }) // (W, 3, H)
  const narrow = resample(graph, columns, from.width, to.width, filter) // (w, 3, H)
  const rows = node('Transpose', [narrow], 'uint8', { perm: { ints: [2, 1, 0] } }) // (H, 3, w)
  const resized = resample(graph, rows, from.height, to.height, filter) // (h, 3, w)
  const upright = node('Transpose', [resized], 'uint8', { perm: { ints: [1, 0, 2] } }) // (3, h, w)
  const pixels = cast(graph, upright, 'float32')
  return reshape(graph, fit === 'stretch' ? pixels : centred(graph, pixels, to, size), [1, 3, size, size])
}

interface Sides {
  readonly height: Value
  readonly width: Value
}

/** Each side times the smaller of the two scales, rounded, within 1..size. */
function innerSize(graph: Graph, { height, width }: Sides, size: number): Sides {
  const { node, real, plus } = operators(graph)
  const scale = node(
    'Min',
    [node('Div', [real(size), width], 'float64'), node('Div', [real(size), height], 'float64')],
    'float64',
  )
  const inner = (side: Value): Value => {
    const rounded = node('Floor', [plus(node('Mul', [side, scale], 'float64'), 0.5)], 'float64')
    return node('Max', [real(1), node('Min', [real(size), rounded], 'float64')], 'float64')
  }
  return { height: inner(height), width: inner(width) }
}

/** pixels: [3, h, w] -> [3, size, size], black around; an odd px goes right or below. */
function centred(graph: Graph, pixels: Value, { height, width }: Sides, size: number): Value {
  const { node, real, vector } = operators(graph)
  const barsOf = (side: Value): { before: Value; after: Value } => {
    const free = node('Sub', [real(size), side], 'float64')
    const before = node('Floor', [node('Mul', [free, real(0.5)], 'float64')], 'float64')
    return { before: vector(before), after: vector(node('Sub', [free, before], 'float64')) }
  }
  const [rows, columns, none] = [barsOf(height), barsOf(width), graph.integers([0])]
  const pads = node('Concat', [none, rows.before, columns.before, none, rows.after, columns.after], 'int64', {
    axis: { int: 0 },
  })
  return node('Pad', [pixels, pads], 'float32')
}

/** lines: uint8 [from, 3, n] -> uint8 [to, 3, n]: sums of lines times fixed-point weights, rounded and clipped. */
function resample(graph: Graph, lines: Value, from: Value, to: Value, filter: ResizeKernel): Value {
  const { node, whole, vector } = operators(graph)
  const { weights, sources } = blockWeights(graph, from, to, filter)
  const flat = node('Flatten', [lines], 'uint8', { axis: { int: 1 } }) // (from, 3 n)
  const read = node('Gather', [flat, sources], 'uint8') // (blocks, reach, 3 n)
  const products = node('MatMulInteger', [weights, read], 'int32') // (blocks, 3 BLOCK + 1, 3 n)
  const parts = graph.nodes(
    'Split',
    [products, graph.integers([BLOCK, BLOCK, BLOCK, 1])],
    Array.from({ length: 4 }, () => ({ type: 'int32', shape: UNKNOWN }) as const),
    { axis: { int: 1 } },
  )
  const [low, middle, high, sum] = parts
  const signed = node('Sub', [high, node('Mul', [sum, whole(MIDDLE_BYTE)], 'int32')], 'int32')
  // (low + 256 middle + 65536 signed + ONE / 2) / ONE, carried byte by byte: no sum leaves 32 bits.
  const carry = (value: Value, by: number): Value => node('Div', [value, whole(by)], 'int32')
  const upToMiddle = node('Add', [middle, carry(low, 256)], 'int32')
  const total = node('Add', [signed, carry(upToMiddle, 256)], 'int32')
  const unit = ONE / 65536
  const rounded = carry(node('Max', [node('Add', [total, whole(unit / 2)], 'int32'), whole(0)], 'int32'), unit)
  const bytes = cast(graph, node('Min', [rounded, whole(255)], 'int32'), 'uint8')
  const shaped = node('Reshape', [bytes, linesShape(graph, lines)], 'uint8')
  return node('Slice', [shaped, graph.integers([0]), vector(to), graph.integers([0])], 'uint8')
}

/** As many lines as there are, of 3 channels and the length of `lines`. */
function linesShape(graph: Graph, lines: Value): Value {
  const { node, vector, integer } = operators(graph)
  const length = vector(node('Gather', [node('Shape', [lines], 'int64'), integer(2)], 'int64'))
  return node('Concat', [graph.integers([-1, 3]), length], 'int64', { axis: { int: 0 } })
}
