import type { Attributes, ElementType, Graph, Value } from './graph.ts'
import { cast, reshape } from './rewrites.ts'

export interface WorkingImage {
  /** Side of the square, px. */
  readonly size: number
  /** letterbox keeps the aspect ratio and leaves black bars. */
  readonly fit: 'stretch' | 'letterbox'
  readonly filter: 'bilinear' | 'bicubic'
}

// Pillow's fixed-point resampling (Resample.c) in ONNX operators. Weights come from the image's size in double precision,
// by the same operations in the same order as `imaging/resize.ts`; sums are whole numbers. So the result is the same to
// the bit on any runtime, which the operator Resize with antialias = 1 is not: ONNX Runtime differs by a grey level or two.

const ONE = 2 ** 22 // weight 1 in fixed point
const SIGN = 2 ** 23 // added to a weight, so that its three bytes are unsigned
const MIDDLE_BYTE = SIGN / 65536 // what it adds to the highest of them

/** image: uint8 [H, W, 3] of any H and W -> float32 [1, 3, size, size] of whole numbers 0..255. */
export function resizeInto(graph: Graph, image: Value, { size, fit, filter }: WorkingImage): Value {
  const { node, integer, real } = operators(graph)
  const shape = node('Shape', [image], 'int64')
  const sideOf = (axis: number): Value => cast(graph, node('Gather', [shape, integer(axis)], 'int64'), 'float64')
  const from = { height: sideOf(0), width: sideOf(1) }
  const to = fit === 'stretch' ? { height: real(size), width: real(size) } : innerSize(graph, from, size)

  const planes = node('Transpose', [image], 'uint8', { perm: { ints: [2, 0, 1] } }) // (3, H, W)
  const narrow = resample(graph, planes, from.width, to.width, filter) // (3, H, w)
  const turned = node('Transpose', [narrow], 'uint8', { perm: { ints: [0, 2, 1] } }) // (3, w, H)
  const resized = resample(graph, turned, from.height, to.height, filter) // (3, w, h)
  const upright = node('Transpose', [resized], 'uint8', { perm: { ints: [0, 2, 1] } }) // (3, h, w)
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
  const { node, real } = operators(graph)
  const barsOf = (side: Value): { before: Value; after: Value } => {
    const free = node('Sub', [real(size), side], 'float64')
    const before = node('Floor', [node('Mul', [free, real(0.5)], 'float64')], 'float64')
    const whole = (count: Value): Value => node('Reshape', [cast(graph, count, 'int64'), graph.integers([1])], 'int64')
    return { before: whole(before), after: whole(node('Sub', [free, before], 'float64')) }
  }
  const [rows, columns, none] = [barsOf(height), barsOf(width), graph.integers([0])]
  const pads = node('Concat', [none, rows.before, columns.before, none, rows.after, columns.after], 'int64', {
    axis: { int: 0 },
  })
  return node('Pad', [pixels, pads], 'float32')
}

/** planes: uint8 [3, n, from] -> uint8 [3, n, to]: sums of samples times fixed-point weights, rounded and clipped. */
function resample(graph: Graph, planes: Value, from: Value, to: Value, filter: WorkingImage['filter']): Value {
  const { node, whole, vector } = operators(graph)
  const samples = node('Flatten', [planes], 'uint8', { axis: { int: 2 } }) // one product: three would take twice the time
  const [low, middle, high] = weightBytes(graph, from, to, filter)
  const times = (bytes: Value, zero: number): Value =>
    node('MatMulInteger', [samples, bytes, graph.scalar(0, 'uint8'), graph.scalar(zero, 'uint8')], 'int32')
  // (low + 256 middle + 65536 high + ONE / 2) / ONE, carried byte by byte: no sum leaves 32 bits.
  const carry = (value: Value, by: number): Value => node('Div', [value, whole(by)], 'int32')
  const upToMiddle = node('Add', [times(middle, 0), carry(times(low, 0), 256)], 'int32')
  const sum = node('Add', [times(high, MIDDLE_BYTE), carry(upToMiddle, 256)], 'int32')
  const unit = ONE / 65536
  const rounded = carry(node('Max', [node('Add', [sum, whole(unit / 2)], 'int32'), whole(0)], 'int32'), unit)
  const bytes = cast(graph, node('Min', [rounded, whole(255)], 'int32'), 'uint8')
  const shape = node('Concat', [graph.integers([3, -1]), vector(to)], 'int64', { axis: { int: 0 } })
  return node('Reshape', [bytes, shape], 'uint8')
}

/** The weights of all source px for each target px, in fixed point plus SIGN, as three matrices of bytes [from, to]. */
function weightBytes(graph: Graph, from: Value, to: Value, filter: WorkingImage['filter']): [Value, Value, Value] {
  const { node, whole, integer, vector } = operators(graph)
  const { places, weights } = windows(graph, from, to, filter)
  const fixed = node('Mul', [weights, graph.scalar(ONE, 'float64')], 'float64')
  const half = node('Mul', [node('Sign', [fixed], 'float64'), graph.scalar(0.5, 'float64')], 'float64')
  const signed = cast(graph, node('Add', [fixed, half], 'float64'), 'int32') // towards zero
  const unsigned = node('Add', [signed, whole(SIGN)], 'int32')

  const columns = cast(graph, places, 'int64')
  const source = vector(from)
  const window = vector(node('Gather', [node('Shape', [places], 'int64'), integer(1)], 'int64'))
  // Windows that end behind the last px write into columns that are cut off again.
  const wide = node('Concat', [vector(to), node('Add', [source, window], 'int64')], 'int64', { axis: { int: 0 } })
  const scattered = (divisor: number, empty: number): Value => {
    const digit = node('Mod', [node('Div', [unsigned, whole(divisor)], 'int32'), whole(256)], 'int32')
    const blank = node('Expand', [graph.scalar(empty, 'uint8', 2), wide], 'uint8')
    const filled = node('ScatterElements', [blank, columns, cast(graph, digit, 'uint8')], 'uint8', { axis: { int: 1 } })
    const cut = node('Slice', [filled, graph.integers([0]), source, graph.integers([1])], 'uint8')
    return node('Transpose', [cut], 'uint8', { perm: { ints: [1, 0] } })
  }
  return [scattered(1, 0), scattered(256, 0), scattered(65536, MIDDLE_BYTE)]
}

/** For each target px the source px under its kernel and their weights, which sum to 1: [to, window] each. */
function windows(
  graph: Graph,
  from: Value,
  to: Value,
  filter: WorkingImage['filter'],
): { places: Value; weights: Value } {
  const { node, real, integer, plus } = operators(graph)
  const scale = node('Div', [from, to], 'float64')
  const stretch = node('Max', [scale, real(1)], 'float64')
  const support = node('Mul', [real(filter === 'bilinear' ? 1 : 2), stretch], 'float64')
  const upTo = (count: Value): Value => node('Range', [real(0), count, real(1)], 'float64')

  const targets = node('Unsqueeze', [upTo(to), graph.integers([1])], 'float64') // (to, 1)
  const centre = node('Mul', [plus(targets, 0.5), scale], 'float64')
  const bound = (op: 'Add' | 'Sub'): Value =>
    node('Floor', [plus(node(op, [centre, support], 'float64'), 0.5)], 'float64')
  const first = node('Max', [bound('Sub'), real(0)], 'float64')
  const end = node('Min', [bound('Add'), from], 'float64')
  const window = plus(node('Mul', [node('Ceil', [support], 'float64'), real(2)], 'float64'), 1)
  const places = node('Add', [upTo(window), first], 'float64') // (to, window)

  const distance = plus(node('Sub', [places, centre], 'float64'), 0.5)
  const inverse = node('Div', [real(1), stretch], 'float64')
  const t = node('Abs', [node('Mul', [distance, inverse], 'float64')], 'float64')
  const inside = node('Less', [places, end], 'bool')
  const exact = node('Where', [inside, filter === 'bilinear' ? triangle(graph, t) : keys(graph, t), real(0)], 'float64')
  const running = node('CumSum', [exact, integer(1)], 'float64', {}) // one by one, as the reference adds
  const sum = node('Gather', [running, graph.integers([-1])], 'float64', { axis: { int: 1 } })
  return { places, weights: node('Div', [exact, sum], 'float64') }
}

const triangle = (graph: Graph, t: Value): Value => {
  const { node, real } = operators(graph)
  return node('Max', [real(0), node('Sub', [real(1), t], 'float64')], 'float64')
}

/** Keys 1981, a = -0.5. */
function keys(graph: Graph, t: Value): Value {
  const { node, real, plus } = operators(graph)
  const a = -0.5
  const times = (x: Value, y: Value): Value => node('Mul', [x, y], 'float64')
  const inner = plus(times(times(plus(times(real(a + 2), t), -(a + 3)), t), t), 1)
  const outer = times(plus(times(plus(times(plus(t, -5), t), 8), t), -4), real(a))
  const below = (limit: number): Value => node('Less', [t, real(limit)], 'bool')
  return node('Where', [below(1), inner, node('Where', [below(2), outer, real(0)], 'float64')], 'float64')
}

const UNKNOWN = [-1] // sizes depend on the image's: only the runtime knows them

function operators(graph: Graph) {
  const node = (op: string, inputs: readonly Value[], type: ElementType, attributes: Attributes = {}): Value =>
    graph.node(op, inputs, type, UNKNOWN, attributes)
  const real = (x: number): Value => graph.scalar(x, 'float64')
  return {
    node,
    real,
    whole: (x: number): Value => graph.scalar(x, 'int32'),
    integer: (x: number): Value => graph.scalar(x, 'int64'),
    /** A whole number as a vector of one 64-bit integer. */
    vector: (x: Value): Value => node('Reshape', [cast(graph, x, 'int64'), graph.integers([1])], 'int64'),
    plus: (x: Value, y: number): Value => node('Add', [x, real(y)], 'float64'),
  }
}
