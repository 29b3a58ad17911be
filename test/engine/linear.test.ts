import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { float32ToFloat16 } from '../../base/float16.ts'
import { matmulSession, meanAndCovariance, momentSession, projectSession } from '../../engine/linear.ts'
import { expectClose } from './oracle.ts'

const random = seededRandom('linear')
const CHANNELS = 6
const COUNT = 50
const rows = Float32Array.from({ length: COUNT * CHANNELS }, (_, i) => random.normal() * (1 + (i % CHANNELS)) + 1000)

function direct(): { mean: number[]; covariance: number[] } {
  const mean = Array.from({ length: CHANNELS }, (_, c) => {
    let sum = 0
    for (let i = 0; i < COUNT; i++) sum += rows[i * CHANNELS + c]
    return sum / COUNT
  })
  const covariance = Array.from({ length: CHANNELS ** 2 }, (_, at) => {
    const [a, b] = [Math.floor(at / CHANNELS), at % CHANNELS]
    let sum = 0
    for (let i = 0; i < COUNT; i++) sum += (rows[i * CHANNELS + a] - mean[a]) * (rows[i * CHANNELS + b] - mean[b])
    return sum / (COUNT - 1)
  })
  return { mean, covariance }
}

function transposed(values: Float32Array, count: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let i = 0; i < count; i++) for (let c = 0; c < CHANNELS; c++) out[c * count + i] = values[i * CHANNELS + c]
  return out
}

describe('moments gathered chunk by chunk', () => {
  test('equal mean and covariance of all rows, a short last chunk included', async () => {
    const spec = { observations: 16, channels: CHANNELS, layout: 'rows', dtype: 'float32' } as const
    const session = await momentSession(spec, rows.slice(0, CHANNELS), { threads: 1 })
    for (let start = 0; start < COUNT; start += 16) {
      const count = Math.min(16, COUNT - start)
      await session.add(rows.subarray(start * CHANNELS, (start + count) * CHANNELS), count)
    }
    await session.dispose()
    const { mean, covariance } = meanAndCovariance(session.moments)
    expect(session.moments.count).toBe(50)
    expectClose(mean, direct().mean, 'mean', { relative: 1e-7 })
    expectClose(covariance, direct().covariance, 'covariance', { relative: 1e-5 })
  })

  test('are the same for columns, and float16 only rounds the values', async () => {
    const spec = { observations: COUNT, channels: CHANNELS, layout: 'columns', dtype: 'float32' } as const
    const session = await momentSession(spec, rows.slice(0, CHANNELS), { threads: 1 })
    await session.add(transposed(rows, COUNT))
    await session.dispose()
    expectClose(meanAndCovariance(session.moments).covariance, direct().covariance, 'columns', { relative: 1e-5 })

    const whole = rows.map((x) => Math.round(x)) // whole numbers below 2048 are exact in float16
    const half = await momentSession({ ...spec, layout: 'rows', dtype: 'float16' }, undefined, { threads: 1 })
    await half.add(float32ToFloat16(whole))
    await half.dispose()
    expect(half.moments.sum[2]).toBe(whole.reduce((sum, x, i) => (i % CHANNELS === 2 ? sum + x : sum), 0))
  })

  test('refuse a covariance of a single observation', () => {
    const moments = { count: 1, origin: new Float32Array(1), sum: new Float64Array(1), products: new Float64Array(1) }
    expect(() => meanAndCovariance(moments)).toThrow('a covariance needs more than 1 observations, found 1')
  })
})

test('projection subtracts the mean and takes the components', async () => {
  const mean = Float32Array.of(1000, 1000, 1000, 1000, 1000, 1000)
  const components = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0.5, 0, 0, -0.5)
  const spec = { observations: 8, channels: CHANNELS, layout: 'rows', dtype: 'float32' } as const
  const session = await projectSession(spec, { mean, components }, { threads: 1 })
  const y = await session.project(rows.subarray(0, 3 * CHANNELS), 3)
  await session.dispose()
  expect(y).toHaveLength(6)
  for (const i of [0, 1, 2]) {
    const at = i * CHANNELS
    expect(y[i * 2]).toBeCloseTo(rows[at] - 1000, 4)
    expect(y[i * 2 + 1]).toBeCloseTo((rows[at + 2] - rows[at + 5]) / 2, 4)
  }
})

test('a product of fixed shapes takes transposed operands', async () => {
  const session = await matmulSession(
    { a: { shape: [2, 3], dtype: 'float32' }, b: { shape: [2, 1], dtype: 'float32' }, transposeA: true },
    { threads: 1 },
  )
  expect(Array.from(await session.multiply(Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(10, 100)))).toEqual([
    410, 520, 630,
  ])
  await session.dispose()
})
