import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { expectEqualToCpu, type Feed, type Tensors, withGradients } from './oracle.ts'

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
/** Two shapes that broadcast: of the second, leading dimensions are gone and some others are 1. */
const pair = fc.tuple(shape, fc.nat(), fc.nat()).map(([a, drop, ones]) => {
  const b = a.slice(drop % a.length).map((n, i) => ((ones >> i) & 1 ? 1 : n))
  return [a, b] as const
})
const CASES = { seed: 4, numRuns: 5 }

/** Values away from kinks and poles: no whole or half numbers, magnitude 0.1 to 7. */
function values(shapeOf: readonly number[], seed: string): Feed {
  const random = seededRandom(seed, shapeOf.join())
  const size = shapeOf.reduce((a, b) => a * b, 1)
  return {
    shape: shapeOf,
    data: Float32Array.from({ length: size }, () => {
      const x = random.uniform(0.1, 7)
      return (random.next() < 0.5 ? -1 : 1) * (Math.abs((x % 0.5) - 0.25) > 0.24 ? x + 0.05 : x)
    }),
  }
}
const positive = (feed: Feed): Feed => ({ shape: feed.shape, data: (feed.data as Float32Array).map(Math.abs) })

const UNARY: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  neg: tf.neg,
  abs: tf.abs,
  square: tf.square,
  exp: (x) => tf.exp(tf.mul(x, 0.3)),
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
  softplus: tf.softplus,
  erf: tf.erf,
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  clip: (x) => tf.clipByValue(x, -2.1, 3.2),
  step: (x) => tf.mul(tf.step(x), x),
  sin: tf.sin,
  cos: tf.cos,
  sign: tf.sign,
  floor: tf.floor,
  ceil: tf.ceil,
  round: tf.round,
  reciprocal: tf.reciprocal,
}
const POSITIVE: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  log: tf.log,
  pow: (x) => tf.pow(x, 1.7),
}
const BINARY: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
}
/** Their gradients in tfjs know no broadcasting. */
const EQUAL_SHAPES: typeof BINARY = {
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
}
const COMPARISON: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
}

describe('elementwise kernels equal tfjs, values and gradients', () => {
  test.each(Object.entries(UNARY))('%s', (_, op) =>
    fc.assert(
      fc.asyncProperty(shape, (s) =>
        expectEqualToCpu(
          withGradients(({ x }) => op(x)),
          { x: values(s, 'x') },
        ),
      ),
      CASES,
    ),
  )

  test.each(Object.entries(POSITIVE))('%s of positive numbers', (_, op) =>
    fc.assert(
      fc.asyncProperty(shape, (s) =>
        expectEqualToCpu(
          withGradients(({ x }) => op(x)),
          { x: positive(values(s, 'x')) },
        ),
      ),
      CASES,
    ),
  )

  test.each(Object.entries(BINARY))('%s, broadcasting either side', (_, op) =>
    fc.assert(
      fc.asyncProperty(pair, fc.boolean(), async ([s, t], swap) => {
        const feeds = { a: values(s, 'a'), b: values(t, 'b') }
        await expectEqualToCpu(
          withGradients(({ a, b }) => (swap ? op(b, a) : op(a, b))),
          feeds,
        )
      }),
      CASES,
    ),
  )

  test.each(Object.entries(EQUAL_SHAPES))('%s', (_, op) =>
    fc.assert(
      fc.asyncProperty(pair, async ([s, t]) => {
        await expectEqualToCpu(
          withGradients(({ a, b }) => op(a, b)),
          { a: values(s, 'a'), b: values(s, 'b') },
        )
        await expectEqualToCpu(({ a, b }) => ({ y: op(a, b) }), { a: values(s, 'a'), b: values(t, 'b') })
      }),
      CASES,
    ),
  )

  test.each(Object.entries(COMPARISON))('%s of whole numbers', (_, op) =>
    fc.assert(
      fc.asyncProperty(pair, ([s, t]) => {
        const whole = (feed: Feed): Feed => ({ ...feed, data: (feed.data as Float32Array).map(Math.round) })
        const fn = ({ a, b }: Tensors): Tensors => ({ result: op(a, b), counted: tf.cast(op(a, b), 'float32') })
        return expectEqualToCpu(fn, { a: whole(values(s, 'a')), b: whole(values(t, 'b')) })
      }),
      CASES,
    ),
  )

  test('choice by condition', () =>
    expectEqualToCpu(
      withGradients(({ condition, a, b }) => tf.where(condition, a, b)),
      {
        condition: { shape: [3, 4], data: Uint8Array.from({ length: 12 }, (_, i) => (i % 3) & 1) },
        a: values([3, 4], 'a'),
        b: values([3, 4], 'b'),
      },
    ))

  test('logic and casts', () =>
    expectEqualToCpu(
      ({ a, b }) => {
        const [p, q] = [tf.greater(a, 0), tf.greater(b, 0)]
        return {
          and: tf.logicalAnd(p, q),
          or: tf.logicalOr(p, q),
          not: tf.logicalNot(p),
          whole: tf.cast(a, 'int32'),
          back: tf.cast(tf.cast(a, 'int32'), 'float32'),
          truth: tf.cast(tf.cast(a, 'int32'), 'bool'),
          sum: tf.add(tf.cast(a, 'int32'), tf.cast(b, 'int32')),
        }
      },
      { a: values([5], 'a'), b: values([5], 'b') },
    ))

  test('sums of several tensors', () =>
    expectEqualToCpu(
      withGradients(({ a, b }) => tf.addN([a, b, a])),
      { a: values([3, 2], 'a'), b: values([3, 2], 'b') },
    ))

  test('single numbers collected ahead of a tensor', () =>
    expectEqualToCpu(
      withGradients(({ a, s }) => tf.mul(tf.mul(tf.mul(a, s), 3), tf.add(s, tf.onesLike(s)))),
      { a: values([3, 4], 'a'), s: values([1, 1], 's') },
    ))
})
