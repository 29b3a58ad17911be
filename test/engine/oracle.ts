import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect } from 'vitest'
import { openSession } from '../../engine/session.ts'
import { type TensorSpec, trace } from '../../engine/trace.ts'

tf.enableProdMode() // the CPU backend greets on the console otherwise

export type Tensors = Record<string, tf.Tensor>
export interface Feed {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array | Uint8Array
}

export const specOf = ({ shape, data }: Feed): TensorSpec => ({
  shape,
  dtype: data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool',
})

/** Runs the function eagerly on tfjs' own CPU backend. */
export async function onCpu(
  fn: (inputs: Tensors) => Tensors,
  feeds: Record<string, Feed>,
): Promise<Record<string, ArrayLike<number>>> {
  await tf.setBackend('cpu')
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [
      name,
      tf.tensor(feed.data, [...feed.shape], specOf(feed).dtype as tf.DataType),
    ]),
  )
  const outputs = fn(inputs)
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.dataSync()]))
}

/** Records the function, then runs the graph. */
export async function onOnnx(
  fn: (inputs: Tensors) => Tensors,
  feeds: Record<string, Feed>,
): Promise<Record<string, ArrayLike<number>>> {
  const specs = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, specOf(feed)]))
  const { model } = trace(fn, specs)
  const session = await openSession(model, { threads: 1 })
  const results = await session.run(Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, feed.data])))
  await session.dispose()
  return results as unknown as Record<string, ArrayLike<number>>
}

/** Both give the same numbers, to `relative` of the largest plus `floor`. */
export async function expectEqualToCpu(
  fn: (inputs: Tensors) => Tensors,
  feeds: Record<string, Feed>,
  { relative = 2e-5, floor = 1e-6 } = {},
): Promise<void> {
  const expected = await onCpu(fn, feeds)
  const actual = await onOnnx(fn, feeds)
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const name of Object.keys(expected)) expectClose(actual[name], expected[name], name, { relative, floor })
}

export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
  { relative = 2e-5, floor = 1e-6 } = {},
): void {
  expect(actual.length, name).toBe(expected.length)
  let largest = 0
  let worst = 0
  let at = 0
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]))
    const difference = Math.abs(actual[i] - expected[i])
    if (!(difference <= worst)) {
      worst = difference
      at = i
    }
  }
  expect(worst, `${name}[${at}]: ${actual[at]} instead of ${expected[at]}`).toBeLessThanOrEqual(
    relative * largest + floor,
  )
}

/** The function's outputs and the gradients of a weighted sum of its float outputs for every float input. */
export function withGradients(fn: (inputs: Tensors) => tf.Tensor): (inputs: Tensors) => Tensors {
  return (inputs) => {
    const names = Object.keys(inputs).filter((name) => inputs[name].dtype === 'float32')
    const weighted = (...tensors: tf.Tensor[]): tf.Scalar => {
      const y = fn({ ...inputs, ...Object.fromEntries(names.map((name, i) => [name, tensors[i]])) })
      const n = y.size
      const weights = tf.tensor(
        Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.7 + 0.3)),
        y.shape,
      )
      return tf.sum(tf.mul(y, weights))
    }
    const grads = tf.grads(weighted)(names.map((name) => inputs[name]))
    return { y: fn(inputs), ...Object.fromEntries(names.map((name, i) => [`d_${name}`, grads[i]])) }
  }
}
