import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { openSession } from '../../engine/session.ts'
import { trace } from '../../engine/trace.ts'
import { expectEqualToCpu, type Feed, withGradients } from './oracle.ts'

function normal(...shape: number[]): Feed {
  const random = seededRandom('shape', shape.join())
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()) }
}

type Map = (x: tf.Tensor) => tf.Tensor
const SHAPES: Record<string, Map> = {
  reshape: (x) => tf.reshape(x, [4, -1]),
  'reshape of a reshape': (x) => tf.reshape(tf.reshape(x, [-1]), [2, 3, 20]),
  expandDims: (x) => tf.expandDims(x, -1),
  transpose: (x) => tf.transpose(x, [2, 0, 3, 1]),
  'transpose there and back': (x) => tf.transpose(tf.transpose(x, [0, 3, 1, 2]), [0, 2, 3, 1]),
  'elementwise between transposes': (x) =>
    tf.transpose(tf.relu(tf.mul(tf.transpose(x, [0, 3, 1, 2]), 2)), [0, 2, 3, 1]),
  'bias after a transpose': (x) => tf.add(tf.transpose(x, [0, 2, 3, 1]), tf.tensor1d([1, 2, 3])),
  concat: (x) => tf.concat([x, tf.neg(x), x], 2),
  'concat of transposed parts': (x) =>
    tf.concat([tf.transpose(x, [0, 2, 3, 1]), tf.transpose(tf.neg(x), [0, 2, 3, 1])], -1),
  slice: (x) => tf.slice(x, [1, 0, 1, 2], [1, -1, 2, 3]),
  'slice of a transpose': (x) => tf.slice(tf.transpose(x, [3, 1, 0, 2]), [1, 0, 1, 2], [3, 2, 1, -1]),
  split: (x) => tf.mul(tf.split(x, [1, 3], 2)[1], 2),
  pad: (x) =>
    tf.pad(
      x,
      [
        [0, 0],
        [1, 2],
        [0, 3],
        [1, 0],
      ],
      0.5,
    ),
  'pad of a transpose': (x) =>
    tf.pad(tf.transpose(x, [0, 2, 3, 1]), [
      [0, 0],
      [1, 2],
      [0, 3],
      [1, 0],
    ]),
  tile: (x) => tf.tile(x, [1, 2, 1, 3]),
  'tile of a single column': (x) => tf.tile(tf.slice(x, [0, 0, 0, 0], [2, 3, 4, 1]), [1, 1, 1, 6]),
  reverse: (x) => tf.reverse(x, [1, 3]),
  stack: (x) => tf.stack([x, tf.square(x)], 1),
  unstack: (x) => tf.sub(tf.unstack(x, 2)[1], tf.unstack(x, 2)[3]),
  gather: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1),
  fill: (x) => tf.mul(x, tf.fill([3, 1, 5], 2)),
}

describe('shape kernels equal tfjs, values and gradients', () => {
  test.each(Object.entries(SHAPES))('%s', (_, op) =>
    expectEqualToCpu(
      withGradients(({ x }) => op(x)),
      { x: normal(2, 3, 4, 5) },
    ),
  )

  test.each(['reflect', 'symmetric'] as const)('mirror padding, %s', (mode) =>
    expectEqualToCpu(
      ({ x }) => ({
        y: tf.mirrorPad(
          x,
          [
            [0, 0],
            [2, 1],
            [1, 3],
            [0, 0],
          ],
          mode,
        ),
      }),
      { x: normal(1, 3, 4, 2) },
    ),
  )

  test('random permutations undo each other', () =>
    fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        (p, q) =>
          expectEqualToCpu(
            withGradients(({ x }) => tf.transpose(tf.exp(tf.transpose(x, p)), q)),
            { x: normal(2, 1, 3, 4) },
          ),
      ),
      { seed: 3, numRuns: 8 },
    ))
})

const REDUCTIONS: Record<string, (x: tf.Tensor, axis?: number[], keep?: boolean) => tf.Tensor> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
}

describe('reduction kernels equal tfjs, values and gradients', () => {
  test.each(Object.entries(REDUCTIONS))('%s over any axes', (_, op) =>
    fc.assert(
      fc.asyncProperty(fc.option(fc.subarray([0, 1, 2, 3], { minLength: 1 })), fc.boolean(), (axes, keep) =>
        expectEqualToCpu(
          withGradients(({ x }) => op(x, axes ?? undefined, keep)),
          { x: normal(2, 3, 4, 2) },
        ),
      ),
      { seed: 5, numRuns: 6 },
    ),
  )

  test('sums and means of products over long rows', () =>
    expectEqualToCpu(
      withGradients(({ a, b }) => tf.add(tf.sum(tf.mul(a, b), 1), tf.mean(tf.square(a)))),
      { a: normal(3, 2000), b: normal(1, 2000) },
      { floor: 1e-4 },
    ))

  test('sums of a tensor times one number per row', () =>
    expectEqualToCpu(
      withGradients(({ a, s }) => tf.sum(tf.mul(s, a), 1)),
      { a: normal(4, 30), s: normal(4, 1) },
    ))

  test('a sum over a lazily repeated dimension counts every repetition', () =>
    expectEqualToCpu(({ x }) => ({ y: tf.sum(tf.tile(x, [1, 7]), 1), z: tf.mean(tf.tile(x, [1, 7]), 1) }), {
      x: normal(3, 1),
    }))

  test('the reduction of a transposed tensor', () =>
    expectEqualToCpu(
      withGradients(({ x }) => tf.mean(tf.transpose(x, [0, 2, 3, 1]), [1, 2], true)),
      { x: normal(2, 3, 4, 5) },
    ))

  test('positions, any, all, softmax and the largest', () =>
    expectEqualToCpu(
      ({ x }) => {
        const { values, indices } = tf.topk(x, 2)
        return {
          argMax: tf.argMax(x, 1),
          argMin: tf.argMin(x, 0),
          any: tf.any(tf.greater(x, 1), 1),
          all: tf.all(tf.greater(x, -1), 0),
          softmax: tf.softmax(x),
          values,
          indices,
          count: tf.sum(tf.greater(x, 0)),
          product: tf.prod(x, 1),
        }
      },
      { x: normal(5, 6) },
    ))
})

describe('lazily broadcast tensors', () => {
  test('are full at the output, and one constant may be several outputs', async () => {
    const { model, outputs } = trace(
      ({ x }) => {
        const ones = tf.ones([2, 3])
        return { ones, again: ones, input: x, half: tf.mul(x, tf.fill([2, 2], 0.5)) }
      },
      { x: { shape: [2, 1], dtype: 'float32' } },
      { outputs: { half: 'float16' } },
    )
    const session = await openSession(model, { threads: 1 })
    const results = await session.run({ x: Float32Array.of(3, 4) })
    await session.dispose()
    expect(results).toEqual({
      ones: new Float32Array(6).fill(1),
      again: new Float32Array(6).fill(1),
      input: Float32Array.of(3, 4),
      half: Uint16Array.of(0x3e00, 0x3e00, 0x4000, 0x4000),
    })
    expect(outputs['half']).toEqual({ shape: [2, 2], dtype: 'float16' })
  })
})
