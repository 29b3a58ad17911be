import type { CastAttrs, ClipByValueAttrs, LeakyReluAttrs, StepAttrs } from '@tensorflow/tfjs-core'
import type { Attributes, Graph, Value } from '../graph.ts'
import { elementsOf } from '../graph.ts'
import { filled, graphType, Recorded } from '../recorded.ts'
import { alignLayouts, cast, peel, reshape, transpose, uniformOf } from '../rewrites.ts'
import { broadcastShapes, padRank, sizeOf } from '../shapes.ts'
import type { Inputs, KernelTable } from './kernel.ts'

type Type = 'float32' | 'int32' | 'bool'

/** One ONNX node over operands that broadcast; operands that are themselves lazily broadcast stay so. */
export function elementwise(
  graph: Graph,
  op: string,
  operands: readonly Recorded[],
  type: Type,
  attributes: Attributes = {},
): Recorded {
  const shape = broadcastShapes(operands.map((operand) => operand.shape))
  const { values, permutation } = alignLayouts(
    graph,
    operands.map((operand) => operand.value),
  )
  const value = graph.node(op, values, type, broadcastShapes(values.map((v) => v.shape)), attributes)
  return new Recorded(graph, permutation ? transpose(graph, value, permutation) : value, shape)
}

const float = (x: Recorded): Recorded => new Recorded(x.graph, cast(x.graph, x.value, 'float32'), x.shape)
/** ONNX arithmetic knows no bool; tfjs counts true as 1. */
const numeric = (x: Recorded): Recorded =>
  x.dtype === 'bool' ? new Recorded(x.graph, cast(x.graph, x.value, 'int32'), x.shape) : x
const number = (graph: Graph, x: number): Recorded => filled(graph, [], x, 'float32')

const unary =
  (op: string) =>
  (graph: Graph, { x }: Inputs): Recorded =>
    elementwise(graph, op, [x], x.dtype)

const floatUnary =
  (op: string, attributes: Attributes = {}) =>
  (graph: Graph, { x }: Inputs): Recorded =>
    elementwise(graph, op, [float(x)], 'float32', attributes)

const compare =
  (op: string) =>
  (graph: Graph, { a, b }: Inputs): Recorded =>
    elementwise(graph, op, [a, b], 'bool')

/** x at a larger shape, without computing anything. */
function stretched(x: Recorded, shape: readonly number[]): Recorded {
  return new Recorded(x.graph, reshape(x.graph, x.value, padRank(x.value.shape, shape.length)), shape)
}

interface Arithmetic {
  readonly op: string
  readonly fold: (a: number, b: number) => number
  /** `x op unit` is x. */
  readonly unit?: number
  readonly commutes: boolean
}

const ADD: Arithmetic = { op: 'Add', fold: (a, b) => a + b, unit: 0, commutes: true }
const SUB: Arithmetic = { op: 'Sub', fold: (a, b) => a - b, unit: 0, commutes: false }
const MUL: Arithmetic = { op: 'Mul', fold: (a, b) => a * b, unit: 1, commutes: true }
const DIV: Arithmetic = { op: 'Div', fold: (a, b) => a / b, unit: 1, commutes: false }

export function arithmetic(
  graph: Graph,
  { op, fold, unit, commutes }: Arithmetic,
  left: Recorded,
  right: Recorded,
): Recorded {
  const a = numeric(left)
  const b = numeric(right)
  const shape = broadcastShapes([a.shape, b.shape])
  const p = a.uniform
  const q = b.uniform
  if (p !== undefined && q !== undefined) {
    const folded = elementsOf(a.dtype, [fold(p, q)])
    return new Recorded(graph, graph.constant(folded, a.dtype, Array<number>(shape.length).fill(1)), shape)
  }
  if (q === unit) return stretched(a, shape)
  if (commutes && p === unit) return stretched(b, shape)
  return elementwise(graph, op, [a, b], a.dtype)
}

/** s * (t * x) with single numbers s and t is (s * t) * x: one pass over x instead of two. */
export function multiply(graph: Graph, a: Recorded, b: Recorded): Recorded {
  const [small, large] = sizeOf(a.value.shape) <= sizeOf(b.value.shape) ? [a, b] : [b, a]
  const shape = broadcastShapes([a.shape, b.shape])
  if (sizeOf(small.value.shape) === 1 && sizeOf(large.value.shape) > 1 && large.value.producer?.op === 'Mul') {
    const [p, q] = large.value.producer.inputs
    const [inner, rest] = sizeOf(p.shape) === 1 ? [p, q] : [q, p]
    if (sizeOf(inner.shape) === 1 && rest.shape.length === large.shape.length) {
      const single = (value: Value): Recorded => new Recorded(graph, reshape(graph, value, []), [])
      const factor = arithmetic(graph, MUL, single(small.value), single(inner))
      return stretched(arithmetic(graph, MUL, factor, new Recorded(graph, rest, large.shape)), shape)
    }
  }
  return arithmetic(graph, MUL, a, b)
}

function divide(graph: Graph, { a, b }: Inputs): Recorded {
  return arithmetic(graph, DIV, float(a), float(b))
}

const STEEP = 3e38 // min(1, max(0, STEEP * x)): 0 or 1 for every x but subnormal ones, in one pass

/** The Relu of a value where the graph has it: same sign pattern, and the value itself need not be kept for the gradient. */
function rectified(graph: Graph, value: Value): Value {
  const { inner, permutation } = peel(value)
  const relu = graph.known('Relu', inner)
  return relu ? (permutation ? transpose(graph, relu, permutation) : relu) : value
}

function step(graph: Graph, { x }: Inputs, { alpha }: StepAttrs): Recorded {
  if (alpha === 0) {
    const value = rectified(graph, float(x).value)
    const slope = { alpha: { float: STEEP }, beta: { float: 0 } }
    return elementwise(graph, 'HardSigmoid', [new Recorded(graph, value, x.shape)], 'float32', slope)
  }
  const positive = elementwise(graph, 'Greater', [x, filled(graph, [], 0, x.dtype)], 'bool')
  return elementwise(graph, 'Where', [positive, number(graph, 1), number(graph, alpha)], 'float32')
}

/** A Cast on the near side of a Transpose. */
function castAligned(graph: Graph, x: Recorded, type: Type): Value {
  if (uniformOf(x.value) !== undefined) return cast(graph, x.value, type)
  const { values, permutation } = alignLayouts(graph, [x.value])
  const value = cast(graph, values[0], type)
  return permutation ? transpose(graph, value, permutation) : value
}

const bounded = (graph: Graph, x: Recorded, low: number, high: number): Recorded => {
  const { values, permutation } = alignLayouts(graph, [x.value])
  const limits = [low, high].map((bound) => graph.scalar(bound, x.dtype))
  const value = graph.node('Clip', [values[0], ...limits], x.dtype, values[0].shape)
  return new Recorded(graph, permutation ? transpose(graph, value, permutation) : value, x.shape)
}

export const elementwiseKernels: KernelTable = {
  Add: (graph, { a, b }: Inputs) => arithmetic(graph, ADD, a, b),
  AddN: (graph, inputs) => Object.values(inputs).reduce((a, b) => arithmetic(graph, ADD, a, b)),
  Sub: (graph, { a, b }: Inputs) => arithmetic(graph, SUB, a, b),
  Multiply: (graph, { a, b }: Inputs) => multiply(graph, numeric(a), numeric(b)),
  RealDiv: divide,
  Maximum: (graph, { a, b }: Inputs) => elementwise(graph, 'Max', [numeric(a), numeric(b)], numeric(a).dtype),
  Minimum: (graph, { a, b }: Inputs) => elementwise(graph, 'Min', [numeric(a), numeric(b)], numeric(a).dtype),
  Pow: (graph, { a, b }: Inputs) => elementwise(graph, 'Pow', [a, b], a.dtype),
  SquaredDifference: (graph, { a, b }: Inputs) => {
    const difference = arithmetic(graph, SUB, a, b)
    return multiply(graph, difference, difference)
  },
  Square: (graph, { x }: Inputs) => multiply(graph, x, x),
  Sqrt: floatUnary('Sqrt'),
  Rsqrt: (graph, { x }: Inputs) => arithmetic(graph, DIV, number(graph, 1), floatUnary('Sqrt')(graph, { x })),
  Reciprocal: (graph, { x }: Inputs) => arithmetic(graph, DIV, number(graph, 1), float(x)),
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Sign: unary('Sign'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Round: unary('Round'),
  Exp: floatUnary('Exp'),
  Log: floatUnary('Log'),
  Sin: floatUnary('Sin'),
  Cos: floatUnary('Cos'),
  Tanh: floatUnary('Tanh'),
  Sigmoid: floatUnary('Sigmoid'),
  Softplus: floatUnary('Softplus'),
  Erf: floatUnary('Erf'),
  Relu: unary('Relu'),
  Relu6: (graph, { x }: Inputs) => bounded(graph, x, 0, 6),
  Elu: floatUnary('Elu'),
  EluGrad: (graph, { dy, y }: Inputs) => {
    // y is exp(x) - 1 below zero, so the slope there is y + 1
    const slope = arithmetic(graph, ADD, y, number(graph, 1))
    const positive = elementwise(graph, 'GreaterOrEqual', [y, number(graph, 0)], 'bool')
    return elementwise(graph, 'Where', [positive, dy, multiply(graph, dy, slope)], 'float32')
  },
  LeakyRelu: (graph, { x }: Inputs, { alpha }: LeakyReluAttrs) =>
    elementwise(graph, 'LeakyRelu', [float(x)], 'float32', { alpha: { float: alpha } }),
  Step: step,
  ClipByValue: (graph, { x }: Inputs, { clipValueMin, clipValueMax }: ClipByValueAttrs) =>
    bounded(graph, x, clipValueMin, clipValueMax),
  Equal: compare('Equal'),
  NotEqual: (graph, inputs) => elementwise(graph, 'Not', [compare('Equal')(graph, inputs)], 'bool'),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  LogicalAnd: compare('And'),
  LogicalOr: compare('Or'),
  LogicalNot: (graph, { x }: Inputs) => elementwise(graph, 'Not', [x], 'bool'),
  Select: (graph, { condition, t, e }: Inputs) => elementwise(graph, 'Where', [condition, t, e], t.dtype),
  Cast: (graph, { x }: Inputs, { dtype }: CastAttrs) =>
    new Recorded(graph, castAligned(graph, x, graphType(dtype)), x.shape),
  Identity: (_graph, { x }: Inputs) => x,
}
