import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { openSession } from '../../engine/session.ts'
import { type TensorSpec, trace } from '../../engine/trace.ts'
import './oracle.ts'

const X: Record<string, TensorSpec> = { x: { shape: [2, 2], dtype: 'float32' } }

/** Operators of a model's nodes, read back from its bytes. */
const mentions = (model: Uint8Array, op: string): boolean => Buffer.from(model).includes(op)

describe('trace', () => {
  test('takes float16, uint8, int32 and bool inputs', async () => {
    const { model } = trace(
      ({ half, bytes, count, flag }) => ({
        sum: tf.add(tf.add(half, bytes), tf.cast(count, 'float32')),
        not: tf.logicalNot(flag),
        doubled: tf.add(count, count),
      }),
      {
        half: { shape: [2], dtype: 'float16' },
        bytes: { shape: [2], dtype: 'uint8' },
        count: { shape: [2], dtype: 'int32' },
        flag: { shape: [2], dtype: 'bool' },
      },
    )
    const session = await openSession(model, { threads: 1 })
    const results = await session.run({
      half: Uint16Array.of(0x3800, 0xbc00), // 0.5, -1
      bytes: Uint8Array.of(200, 3),
      count: Int32Array.of(-7, 9),
      flag: Uint8Array.of(1, 0),
    })
    await session.dispose()
    expect(results).toEqual({
      sum: Float32Array.of(193.5, 11),
      not: Uint8Array.of(0, 1),
      doubled: Int32Array.of(-14, 18),
    })
  })

  test('leaves out what no output needs', () => {
    const { model } = trace(({ x }) => {
      tf.exp(x)
      return { y: tf.sqrt(x) }
    }, X)
    expect(mentions(model, 'Sqrt')).toBe(true)
    expect(mentions(model, 'Exp')).toBe(false)
  })

  test('writes large constants once, whatever reads them', () => {
    const weights = Float32Array.from({ length: 10_000 }, (_, i) => i)
    const { model } = trace(({ x }) => {
      const w = tf.tensor2d(weights, [2, 5000])
      return { y: tf.add(tf.matMul(x, w), w) }
    }, X)
    expect(model.length).toBeGreaterThan(40_000)
    expect(model.length).toBeLessThan(41_000)
  })

  test('keeps a uniform constant as one number', () => {
    const { model } = trace(({ x }) => ({ y: tf.mul(tf.mean(x), tf.fill([100, 100], 2)) }), X)
    expect(model.length).toBeLessThan(1000)
  })

  test('gives the same bytes for the same function', () => {
    const fn = ({ x }: Record<string, tf.Tensor>) => ({ y: tf.grad((t: tf.Tensor) => tf.sum(tf.tanh(t)))(x) })
    expect(trace(fn, X).model).toEqual(trace(fn, X).model)
  })

  test('puts the former backend back, also when the function fails', async () => {
    await tf.setBackend('cpu')
    trace(({ x }) => ({ y: x }), X)
    expect(tf.getBackend()).toBe('cpu')
    expect(() =>
      trace(() => {
        throw new Error('no')
      }, X),
    ).toThrow('no')
    expect(tf.getBackend()).toBe('cpu')
    expect(tf.add(tf.scalar(1), tf.scalar(2)).dataSync()[0]).toBe(3)
  })

  test('says what a function may not do', async () => {
    await tf.setBackend('cpu')
    const outside = tf.scalar(3)
    expect(() => trace(({ x }) => ({ y: tf.add(x, outside) }), X)).toThrow(
      'a tensor made outside the traced function was used in it',
    )
    expect(() => trace(({ x }) => ({ y: tf.scalar(x.dataSync()[0]) }), X)).toThrow('the function must not read tensors')
    expect(() => trace(({ x }) => ({ y: tf.cumsum(x) }), X)).toThrow("Kernel 'Cumsum' not registered")
    expect(() => trace(({ x }) => ({ x }), X)).toThrow('"x" names both an input and an output')
    expect(() => trace(({ x }) => ({ y: trace(() => ({ z: x }), X) as never }), X)).toThrow(
      'trace() inside a traced function',
    )
  })
})

test('a session names an input that the model lacks', async () => {
  const { model } = trace(({ x }) => ({ y: tf.neg(x) }), X)
  const session = await openSession(model, { threads: 1 })
  await expect(session.run({ z: new Float32Array(4) })).rejects.toThrow('the model has no input "z"')
  await session.dispose()
})
