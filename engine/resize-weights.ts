import type { Graph, Value } from './graph.ts'
import { operators } from './resize-operators.ts'
import { cast } from './rewrites.ts'

export type ResizeKernel = 'bilinear' | 'bicubic'

export const ONE = 2 ** 22 // weight 1 in fixed point
const SIGN = 2 ** 23 // added to a weight, so that its three bytes are unsigned
export const MIDDLE_BYTE = SIGN / 65536 // what it adds to the highest of them
export const BLOCK = 32 // targets whose sums are one product

/**
 * Targets in blocks of `BLOCK`, since neighbours read the same few lines: `sources` [blocks, reach] says which, and `weights`
 * [blocks, 3 BLOCK + 1, reach] holds the low, middle and high bytes of fixed-point weights plus SIGN, and a row of ones. The
 * last target fills up the last block.
 */
export function blockWeights(
  graph: Graph,
  from: Value,
  to: Value,
  filter: ResizeKernel,
): { weights: Value; sources: Value } {
  const { node, real, whole, vector, plus, times } = operators(graph)
  const blocks = node('Ceil', [node('Mul', [to, real(1 / BLOCK)], 'float64')], 'float64')
  const { places, first, window, exact } = windows(graph, { from, to, count: times(blocks, BLOCK) }, filter)

  const perBlock = node('Reshape', [first, graph.integers([-1, BLOCK])], 'float64') // (blocks, BLOCK)
  const column = (i: number): Value => node('Gather', [perBlock, graph.integers([i])], 'float64', { axis: { int: 1 } })
  const start = column(0) // (blocks, 1)
  const spread = node('Sub', [column(BLOCK - 1), start], 'float64')
  const reach = node('Add', [node('ReduceMax', [spread], 'float64', { keepdims: { int: 0 } }), window], 'float64')
  const reached = node('Add', [start, node('Range', [real(0), reach, real(1)], 'float64')], 'float64')
  const sources = cast(graph, node('Min', [reached, plus(from, -1)], 'float64'), 'int64')

  const starts = node('Expand', [start, graph.integers([1, BLOCK])], 'float64')
  const local = node('Sub', [places, node('Reshape', [starts, graph.integers([-1, 1])], 'float64')], 'float64')
  const within = cast(graph, local, 'int64') // (targets, window)
  const fixed = times(exact, ONE)
  const half = times(node('Sign', [fixed], 'float64'), 0.5)
  const rounded = cast(graph, node('Add', [fixed, half], 'float64'), 'int32') // towards zero
  const unsigned = node('Add', [rounded, whole(SIGN)], 'int32')

  const shapeOf = (...sides: Value[]): Value => node('Concat', sides, 'int64', { axis: { int: 0 } })
  const table = shapeOf(vector(times(blocks, BLOCK)), vector(reach))
  const blocked = shapeOf(graph.integers([-1, BLOCK]), vector(reach))
  const bytes = (divisor: number, empty: number): Value => {
    const digit = node('Mod', [node('Div', [unsigned, whole(divisor)], 'int32'), whole(256)], 'int32')
    const blank = node('Expand', [graph.scalar(empty, 'uint8', 2), table], 'uint8')
    const filled = node('ScatterElements', [blank, within, cast(graph, digit, 'uint8')], 'uint8', { axis: { int: 1 } })
    return node('Reshape', [filled, blocked], 'uint8')
  }
  const one = node(
    'Expand',
    [graph.scalar(1, 'uint8', 3), shapeOf(vector(blocks), graph.integers([1]), vector(reach))],
    'uint8',
  )
  const rows = [bytes(1, 0), bytes(256, 0), bytes(65536, MIDDLE_BYTE), one]
  return { weights: node('Concat', rows, 'uint8', { axis: { int: 1 } }), sources }
}

interface Windows {
  /** Lines under the kernel of each target, [count, window]. */
  readonly places: Value
  /** The first of them, [count, 1]. */
  readonly first: Value
  readonly window: Value
  /** Their weights, which sum to 1, [count, window]. */
  readonly exact: Value
}

/** The kernel of each target line; behind `to` the last target comes again, up to `count`. */
function windows(
  graph: Graph,
  { from, to, count }: { from: Value; to: Value; count: Value },
  filter: ResizeKernel,
): Windows {
  const { node, real, integer, plus, times } = operators(graph)
  const scale = node('Div', [from, to], 'float64')
  const stretch = node('Max', [scale, real(1)], 'float64')
  const support = times(stretch, filter === 'bilinear' ? 1 : 2)
  const upTo = (end: Value): Value => node('Range', [real(0), end, real(1)], 'float64')

  const targets = node('Min', [upTo(count), plus(to, -1)], 'float64')
  const middles = plus(node('Unsqueeze', [targets, graph.integers([1])], 'float64'), 0.5) // (count, 1)
  const centre = node('Mul', [middles, scale], 'float64')
  const bound = (op: 'Add' | 'Sub'): Value =>
    node('Floor', [plus(node(op, [centre, support], 'float64'), 0.5)], 'float64')
  const first = node('Max', [bound('Sub'), real(0)], 'float64')
  const end = node('Min', [bound('Add'), from], 'float64')
  const window = plus(times(node('Ceil', [support], 'float64'), 2), 1)
  const places = node('Add', [upTo(window), first], 'float64') // (count, window)

  const distance = plus(node('Sub', [places, centre], 'float64'), 0.5)
  const inverse = node('Div', [real(1), stretch], 'float64')
  const t = node('Abs', [node('Mul', [distance, inverse], 'float64')], 'float64')
  const inside = node('Less', [places, end], 'bool')
  const kernel = node(
    'Where',
    [inside, filter === 'bilinear' ? triangle(graph, t) : keys(graph, t), real(0)],
    'float64',
  )
  const running = node('CumSum', [kernel, integer(1)], 'float64') // one by one, as the reference adds
  const sum = node('Gather', [running, graph.integers([-1])], 'float64', { axis: { int: 1 } })
  return { places, first, window, exact: node('Div', [kernel, sum], 'float64') }
}

const triangle = (graph: Graph, t: Value): Value => {
  const { node, real } = operators(graph)
  return node('Max', [real(0), node('Sub', [real(1), t], 'float64')], 'float64')
}

/** Keys 1981, a = -0.5. */
function keys(graph: Graph, t: Value): Value {
  const { node, real, plus, times } = operators(graph)
  const a = -0.5
  const timesT = (x: Value): Value => node('Mul', [x, t], 'float64')
  const inner = plus(timesT(timesT(plus(timesT(real(a + 2)), -(a + 3)))), 1)
  const outer = times(plus(timesT(plus(timesT(plus(t, -5)), 8)), -4), a)
  const below = (limit: number): Value => node('Less', [t, real(limit)], 'bool')
  return node('Where', [below(1), inner, node('Where', [below(2), outer, real(0)], 'float64')], 'float64')
}
