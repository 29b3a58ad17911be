import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { batchNormTrain, productNormTrain } from '../../engine/batch-norm.ts'
import { stopGradient } from '../../engine/stop-gradient.ts'
import { expectClose, type Feed, onCpu, onOnnx, type Tensors, withGradients } from './oracle.ts'

const EPS = 1e-5
const random = seededRandom('batch norm')
const normal = (shape: number[], mean = 0): Feed => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => mean + random.normal()),
})

/** The textbook formula, whose gradient tfjs derives step by step. */
function textbook(x: tf.Tensor, gain: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, 1, true))
  const variance = tf.mean(tf.square(centred), 1, true)
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, EPS))), gain), shift)
}

async function expectSame(
  actual: (inputs: Tensors) => tf.Tensor,
  expected: (inputs: Tensors) => tf.Tensor,
  feeds: Record<string, Feed>,
) {
  const reference = await onCpu(withGradients(expected), feeds)
  for (const results of [await onOnnx(withGradients(actual), feeds), await onCpu(withGradients(actual), feeds)])
    for (const name of Object.keys(reference))
      expectClose(results[name], reference[name], name, { relative: 2e-5, floor: 2e-5 })
}

describe('batch norm in training form', () => {
  test.each([20, 1500])('has the values and gradients of the textbook formula over %i cells', (cells) =>
    expectSame(
      ({ x, g, h }) => batchNormTrain(x as tf.Tensor2D, g as tf.Tensor2D, h as tf.Tensor2D, EPS).y,
      ({ x, g, h }) => textbook(x, g, h),
      { x: normal([3, cells]), g: normal([3, 1], 1), h: normal([3, 1]) },
    ),
  )

  test.each([20, 2500])('of a product has those of the product first, over %i cells', (cells) =>
    expectSame(
      ({ w, x, g, h }) =>
        productNormTrain(w as tf.Tensor2D, x as tf.Tensor2D, g as tf.Tensor2D, h as tf.Tensor2D, EPS).y,
      ({ w, x, g, h }) => textbook(tf.matMul(w, x), g, h),
      { w: normal([4, 3]), x: normal([3, cells]), g: normal([4, 1], 1), h: normal([4, 1]) },
    ),
  )

  test('keeps the digits of a small variance about a large mean', async () => {
    const x = Float32Array.from({ length: 2000 }, (_, i) => 1000 + (i % 2 === 0 ? 0.5 : -0.5))
    const results = await onOnnx(
      (inputs) => {
        const { mean, variance } = batchNormTrain(inputs['x'] as tf.Tensor2D, tf.ones([1, 1]), tf.zeros([1, 1]), EPS)
        return { mean, variance }
      },
      { x: { shape: [1, 2000], data: x } },
    )
    expect(results['mean'][0]).toBeCloseTo(1000, 3)
    expect(results['variance'][0]).toBeCloseTo(0.25, 6)
  })
})

test('no gradient flows through a stopped tensor', async () => {
  const results = await onOnnx(
    ({ x }) => ({ dx: tf.grad((t: tf.Tensor) => tf.sum(tf.mul(t, stopGradient(tf.square(t)))))(x) }),
    { x: { shape: [2], data: Float32Array.of(3, -2) } },
  )
  expect(results['dx']).toEqual(Float32Array.of(9, 4))
})
