import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { expectClose, expectEqualToCpu, type Feed, onOnnx, withGradients } from './oracle.ts'

function normal(...shape: number[]): Feed {
  const random = seededRandom('product', shape.join())
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()) }
}
const LOOSE = { relative: 5e-5, floor: 1e-5 }
const size = (max: number) => fc.integer({ min: 1, max })

describe('matrix products equal tfjs, values and gradients', () => {
  test('of any sizes, transposed or not', () =>
    fc.assert(
      fc.asyncProperty(size(6), size(6), size(6), fc.boolean(), fc.boolean(), (m, k, n, p, q) =>
        expectEqualToCpu(
          withGradients(({ a, b }) => tf.matMul(a, b, p, q)),
          { a: p ? normal(k, m) : normal(m, k), b: q ? normal(n, k) : normal(k, n) },
        ),
      ),
      { seed: 6, numRuns: 8 },
    ))

  test.each([false, true])('with a wide right side, which runs as a convolution (left transposed: %s)', (transposed) =>
    expectEqualToCpu(
      withGradients(({ a, b }) => tf.matMul(a, b, transposed)),
      { a: transposed ? normal(5, 4) : normal(4, 5), b: normal(5, 2100) },
      { floor: 1e-3 },
    ),
  )

  test('in batches that broadcast', () =>
    expectEqualToCpu(
      withGradients(({ a, b }) => tf.matMul(a, b, false, true)),
      { a: normal(2, 3, 4), b: normal(2, 5, 4) },
    ))

  test('with a factor per row or a single one on the wide operand', () =>
    expectEqualToCpu(
      withGradients(({ w, x, v, s }) => {
        const y = tf.relu(tf.add(tf.matMul(w, tf.mul(v, x)), 0.1))
        return tf.add(tf.matMul(w, tf.mul(s, x)), tf.mul(y, tf.slice(v, [0, 0], [3, 1])))
      }),
      { w: normal(3, 6), x: normal(6, 700), v: normal(6, 1), s: normal(1, 1) },
      { floor: 1e-3 },
    ))

  test('with a bias, and with a scale and shift per channel, over long rows', () =>
    expectEqualToCpu(
      withGradients(({ w, x, b, g, h }) => {
        const product = tf.sub(tf.matMul(w, x), b)
        return tf.add(tf.relu(tf.add(tf.mul(product, g), h)), tf.add(tf.mul(product, h), g))
      }),
      { w: normal(3, 2), x: normal(2, 2500), b: normal(3, 1), g: normal(3, 1), h: normal(3, 1) },
      { floor: 1e-3 },
    ))
})

const dims = fc.record({
  batch: size(2),
  height: fc.integer({ min: 5, max: 9 }),
  width: fc.integer({ min: 5, max: 9 }),
  inputs: size(3),
  outputs: size(3),
  kernel: fc.tuple(size(4), size(4)),
  stride: size(2),
  pad: fc.constantFrom('same' as const, 'valid' as const),
})

describe('convolutions equal tfjs, values and gradients', () => {
  test('dense', () =>
    fc.assert(
      fc.asyncProperty(dims, ({ batch, height, width, inputs, outputs, kernel, stride, pad }) =>
        expectEqualToCpu(
          withGradients(({ x, f }) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, pad)),
          { x: normal(batch, height, width, inputs), f: normal(...kernel, inputs, outputs) },
          LOOSE,
        ),
      ),
      { seed: 7, numRuns: 14 },
    ))

  test('depthwise', () =>
    fc.assert(
      fc.asyncProperty(dims, ({ batch, height, width, inputs, outputs, kernel, stride, pad }) =>
        expectEqualToCpu(
          withGradients(({ x, f }) => tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, pad)),
          { x: normal(batch, height, width, inputs), f: normal(...kernel, inputs, outputs) },
          LOOSE,
        ),
      ),
      { seed: 8, numRuns: 8 },
    ))

  test('with explicit, asymmetric padding', () =>
    expectEqualToCpu(
      withGradients(({ x, f }) =>
        tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 2, [
          [0, 0],
          [0, 1],
          [2, 1],
          [0, 0],
        ]),
      ),
      { x: normal(2, 6, 7, 3), f: normal(3, 3, 3, 4) },
      LOOSE,
    ))

  test('dilated', () =>
    expectEqualToCpu(({ x, f }) => ({ y: tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same', 'NHWC', 2) }), {
      x: normal(1, 8, 7, 2),
      f: normal(3, 3, 2, 3),
    }))

  test('transposed, as a decoder uses it', () =>
    expectEqualToCpu(
      withGradients(({ x, f }) => tf.conv2dTranspose(x as tf.Tensor4D, f as tf.Tensor4D, [2, 8, 10, 3], 2, 'same')),
      { x: normal(2, 4, 5, 2), f: normal(4, 4, 3, 2) },
      LOOSE,
    ))

  test('a chain with biases, activations and a residual sum', () =>
    expectEqualToCpu(
      withGradients(({ x, f, g, b }) => {
        const y = tf.relu6(tf.add(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'), b))
        const z = tf.sigmoid(tf.conv2d(y as tf.Tensor4D, g as tf.Tensor4D, 1, 'same'))
        return tf.add(tf.mul(z, tf.mean(z, [1, 2], true)), x)
      }),
      { x: normal(1, 6, 5, 3), f: normal(3, 3, 3, 4), g: normal(1, 1, 4, 3), b: normal(4) },
      LOOSE,
    ))
})

const window = fc.record({
  shape: fc.tuple(size(2), fc.integer({ min: 4, max: 8 }), fc.integer({ min: 4, max: 8 }), size(3)),
  filter: fc.integer({ min: 2, max: 3 }),
  stride: size(3),
  pad: fc.constantFrom('same' as const, 'valid' as const),
})

/** The gradient of a linear map is its transpose: <A x, dy> = <x, A' dy>. */
async function expectAdjoint(map: (x: tf.Tensor) => tf.Tensor, x: Feed): Promise<void> {
  const results = await onOnnx(
    ({ image }) => {
      const y = map(image)
      const dy = tf.tensor(normal(...y.shape).data, y.shape)
      return { y, dx: tf.grad(map)(image, dy), dy }
    },
    { image: x },
  )
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0)
  const forward = dot(results['y'], results['dy'])
  expect(forward).not.toBe(0)
  expectClose([dot(x.data, results['dx'])], [forward], 'inner product', { relative: 1e-5, floor: 1e-5 })
}

describe('pooling equals tfjs, values and gradients', () => {
  test('largest', () =>
    fc.assert(
      fc.asyncProperty(window, ({ shape, filter, stride, pad }) =>
        expectEqualToCpu(
          withGradients(({ x }) => tf.maxPool(x as tf.Tensor4D, filter, stride, pad)),
          { x: normal(...shape) },
        ),
      ),
      { seed: 9, numRuns: 8 },
    ))

  // Under padding tfjs' own gradient divides by the whole window, its forward pass by the cells inside: not adjoint.
  test('average, with the adjoint as its gradient', () =>
    fc.assert(
      fc.asyncProperty(window, async ({ shape, filter, stride, pad }) => {
        const pool = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor4D, filter, stride, pad)
        if (pad === 'valid')
          await expectEqualToCpu(
            withGradients(({ x }) => pool(x)),
            { x: normal(...shape) },
          )
        await expectEqualToCpu(({ x }) => ({ y: pool(x) }), { x: normal(...shape) })
        await expectAdjoint(pool, normal(...shape))
      }),
      { seed: 9, numRuns: 8 },
    ))

  test('the gradient of equal values goes to the first of them', () =>
    expectEqualToCpu(
      withGradients(({ x }) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')),
      { x: { shape: [1, 4, 4, 1], data: new Float32Array(16).fill(-3) } },
    ))
})

const GRIDS = [
  ['align corners', true, false],
  ['half-pixel centres', false, true],
  ['neither', false, false],
] as const

describe.each([
  ['bilinear', tf.image.resizeBilinear],
  ['nearest', tf.image.resizeNearestNeighbor],
] as const)('%s resize', (_, resize) => {
  test.each(GRIDS)('equals tfjs with %s, up and down', (_name, corners, centres) =>
    fc.assert(
      fc.asyncProperty(size(9), size(9), (height, width) =>
        expectEqualToCpu(({ x }) => ({ y: resize(x as tf.Tensor4D, [height, width], corners, centres) }), {
          x: normal(2, 5, 4, 2),
        }),
      ),
      { seed: 10, numRuns: 5 },
    ),
  )

  // tfjs' own gradient swaps axes and ignores half-pixel centres: a linear map and its gradient must be adjoint instead.
  test.each(GRIDS)('has the adjoint as its gradient with %s', async (_name, corners, centres) => {
    await expectAdjoint((x) => resize(x as tf.Tensor4D, [7, 3], corners, centres), normal(1, 5, 4, 2))
  })
})
