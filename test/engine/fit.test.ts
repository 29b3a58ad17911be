import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { seededRandom } from '../../base/random.ts'
import { shuffledBatches } from '../../engine/batches.ts'
import { type FitOptions, fit } from '../../engine/fit.ts'
import { adam, sgd } from '../../engine/optimizers.ts'
import { cosine, stepwise } from '../../engine/schedule.ts'
import type { EpochReport, TrainingState } from '../../engine/training-state.ts'

const random = seededRandom('fit')
const TRUTH = [2, -3]
const ITEMS = Array.from({ length: 10 }, () => {
  const x = [random.normal(), random.normal()]
  return { x, y: TRUTH[0] * x[0] + TRUTH[1] * x[1] }
})

function batchOf(indices: readonly number[]): { x: Float32Array; y: Float32Array } {
  return {
    x: Float32Array.from(indices.flatMap((i) => ITEMS[i].x)),
    y: Float32Array.from(indices, (i) => ITEMS[i].y),
  }
}

/** A straight line through ten points, four to a batch. */
const line: FitOptions = {
  params: { w: { shape: [2, 1], data: new Float32Array(2) } },
  batch: { x: { shape: [4, 2], dtype: 'float32' }, y: { shape: [4, 1], dtype: 'float32' } },
  loss: ({ w }, { x, y }) => ({ loss: tf.mean<tf.Scalar>(tf.squaredDifference(tf.matMul(x, w), y)) }),
  optimizer: adam({ lr: 0.1 }),
  epochs: 60,
  batches: (epoch) => shuffledBatches(ITEMS.length, 4, seededRandom('order', epoch)).map(batchOf),
  session: { threads: 1 },
}

describe('fit', () => {
  test('finds the line', async () => {
    const { params, history } = await fit(line)
    expect(Array.from(params['w'].data, (x) => Math.round(x * 100) / 100)).toEqual(TRUTH)
    expect(history).toHaveLength(60)
    expect(history[59].loss).toBeLessThan(history[0].loss / 1000)
    expect(history[59].stepsPerSecond).toBeGreaterThan(0)
  })

  test('gives the same bytes twice, and leaves its inputs alone', async () => {
    const [first, second] = [await fit({ ...line, epochs: 3 }), await fit({ ...line, epochs: 3 })]
    expect(first.params).toEqual(second.params)
    expect(first.history.map(({ loss }) => loss)).toEqual(second.history.map(({ loss }) => loss))
    expect(line.params['w'].data).toEqual(new Float32Array(2))
  })

  test('reports the mean loss of each epoch and the held-out loss after it', async () => {
    const losses: number[] = []
    const reports: EpochReport[] = []
    await fit({
      ...line,
      epochs: 2,
      heldOut: {
        loss: ({ w }, { x, y }) => tf.mean(tf.abs(tf.sub(tf.matMul(x, w), y))),
        batches: () => [batchOf([0, 1, 2, 3]), batchOf([4, 5, 6, 7])],
      },
      onProgress: ({ epoch, loss }) => epoch === 1 && losses.push(loss),
      onEpoch: (report) => reports.push(report),
    })
    expect(losses).toHaveLength(3) // ten items, four to a batch, the last one filled up
    expect(reports[0].loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, 10)
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(reports[1].heldOutLoss).toBeLessThan(reports[0].heldOutLoss as number)
  })

  test('carries buffers from step to step', async () => {
    const { buffers } = await fit({
      ...line,
      epochs: 2,
      buffers: { steps: { shape: [], data: Float32Array.of(0) }, kept: { shape: [2], data: Float32Array.of(7, 8) } },
      loss: (params, batch, state) => ({
        ...line.loss(params, batch, state),
        buffers: { steps: tf.add(state['steps'], 1) },
      }),
    })
    expect(buffers['steps'].data).toEqual(Float32Array.of(6))
    expect(buffers['kept'].data).toEqual(Float32Array.of(7, 8))
  })

  test('leaves a parameter alone that the loss does not reach', async () => {
    const { params } = await fit({
      ...line,
      epochs: 1,
      params: { ...line.params, idle: { shape: [1], data: Float32Array.of(5) } },
    })
    expect(params['idle'].data).toEqual(Float32Array.of(5))
  })

  test('stops between two steps when the signal says so', async () => {
    const controller = new AbortController()
    let steps = 0
    const run = fit({
      ...line,
      signal: controller.signal,
      onProgress: () => {
        steps++
        if (steps === 5) setImmediate(() => controller.abort(new Error('enough')))
      },
    })
    await expect(run).rejects.toThrow('enough')
    expect(steps).toBe(5) // a message that arrives during the fifth step ends the run before the sixth
  })

  test('fails with E612 when the loss stops being finite', async () => {
    const run = fit({
      ...line,
      batches: (epoch) =>
        epoch === 1 ? [batchOf([0, 1, 2, 3])] : [{ x: new Float32Array(8).fill(NaN), y: new Float32Array(4) }],
    })
    const failure = await run.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Failure)
    expect((failure as Failure).diagnostic).toMatchObject({ code: 'E612', message: 'loss is not finite at epoch 2' })
  })

  test('refuses a batch of another size', async () => {
    await expect(fit({ ...line, batches: () => [batchOf([0, 1, 2])] })).rejects.toThrow(
      'batch "x" holds 6 values, expected [4, 2]',
    )
  })

  test('takes batches as they arrive', async () => {
    async function* arriving(): AsyncGenerator<{ x: Float32Array; y: Float32Array }> {
      yield batchOf([0, 1, 2, 3])
      await Promise.resolve()
      yield batchOf([4, 5, 6, 7])
    }
    const { history } = await fit({ ...line, epochs: 1, batches: arriving })
    expect(history).toHaveLength(1)
  })
})

/** Held-out losses 3, 1, 2, 2, ...: the second epoch is the best. */
const heldOut = (more: Partial<NonNullable<FitOptions['heldOut']>>): Partial<FitOptions> => ({
  buffers: { epoch: { shape: [], data: Float32Array.of(0) } },
  batches: () => [batchOf([0, 1, 2, 3])],
  loss: (params, batch, { epoch }) => ({ ...line.loss(params, batch, {}), buffers: { epoch: tf.add(epoch, 1) } }),
  heldOut: {
    loss: (_params, _batch, { epoch }) => tf.add(1, tf.minimum(2, tf.abs(tf.sub(tf.mul(epoch, 2), 4)))),
    batches: () => [batchOf([0, 1, 2, 3])],
    ...more,
  },
})

describe('held-out images', () => {
  test('end the training once their loss has not fallen for some epochs', async () => {
    const { history, buffers } = await fit({ ...line, ...heldOut({ patience: 3 }) })
    expect(history.map(({ heldOutLoss }) => heldOutLoss)).toEqual([3, 1, 3, 3, 3])
    expect(buffers['epoch'].data).toEqual(Float32Array.of(5))
  })

  test('say which epoch is kept', async () => {
    const { buffers, params } = await fit({ ...line, epochs: 5, ...heldOut({ keep: 'best' }) })
    expect(buffers['epoch'].data).toEqual(Float32Array.of(2))
    expect(params).toEqual((await fit({ ...line, epochs: 2, ...heldOut({}) })).params)
  })
})

describe('a training that was interrupted', () => {
  test.each(['adam', 'sgd'])('goes on from its checkpoint and ends in the same bytes (%s)', async (name) => {
    const optimizer = name === 'adam' ? adam({ lr: 0.1 }) : sgd({ lr: 0.05, momentum: 0.9 })
    const options = { ...line, optimizer, epochs: 6 }
    const undisturbed = await fit(options)
    const saved: TrainingState[] = []
    const save = (state: TrainingState) => Promise.resolve(void saved.push(structuredClone(state)))
    await fit({ ...options, epochs: 4, checkpoints: { everySeconds: 0, load: () => Promise.resolve(undefined), save } })
    expect(saved.map(({ epoch, step }) => [epoch, step])).toEqual([1, 2, 3, 4].map((epoch) => [epoch, 3 * epoch]))
    const load = () => Promise.resolve(saved[3])
    const resumed = await fit({ ...options, checkpoints: { everySeconds: 1000, load, save } })
    expect(resumed.params).toEqual(undisturbed.params)
    expect(resumed.history.map(({ loss }) => loss)).toEqual(undisturbed.history.map(({ loss }) => loss))
    expect(saved).toHaveLength(4)
  })
})

describe('learning rates', () => {
  const factors = (schedule: (step: number) => number, steps: number[]): number[] =>
    steps.map((step) => Math.round(1000 * schedule(step)) / 1000)

  test('fall along half a cosine, after a warm-up', () => {
    expect(factors(cosine({ total: 10 }), [1, 6, 10])).toEqual([1, 0.5, 0.024])
    expect(factors(cosine({ total: 12, warmup: 2 }), [1, 2, 3, 8, 12])).toEqual([0.5, 1, 1, 0.5, 0.024])
  })

  test('fall in steps', () => {
    expect(factors(stepwise({ every: 2, factor: 0.1 }), [1, 2, 3, 4, 5])).toEqual([1, 1, 0.1, 0.1, 0.01])
  })

  test('reach the optimiser: a factor of 0 leaves the parameters as they are', async () => {
    const still = { lr: 0.1, schedule: () => 0 }
    for (const optimizer of [adam({ ...still, weightDecay: 0.5 }), sgd({ ...still, momentum: 0.9 })])
      expect((await fit({ ...line, epochs: 2, optimizer })).params['w'].data).toEqual(new Float32Array(2))
  })
})

describe('decoupled weight decay', () => {
  test('shrinks a parameter without a gradient by lr * decay each step', async () => {
    const { params } = await fit({
      ...line,
      params: { ...line.params, idle: { shape: [1], data: Float32Array.of(5) } },
      optimizer: adam({ lr: 0.1, weightDecay: 0.5 }),
      epochs: 1,
    })
    expect(params['idle'].data[0]).toBeCloseTo(5 * 0.95 ** 3, 5)
  })
})

describe('batches of fixed size', () => {
  test('cover every item, the last one filled up from the start of the same order', () => {
    const batches = shuffledBatches(10, 4, seededRandom('b'))
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 4])
    expect(new Set(batches.flat())).toHaveProperty('size', 10)
    expect(batches[2].slice(2)).toEqual(batches[0].slice(0, 2))
  })

  test('leave the rest out where asked, but never everything', () => {
    expect(shuffledBatches(10, 4, seededRandom('b'), 'drop')).toHaveLength(2)
    expect(shuffledBatches(3, 4, seededRandom('b'), 'drop')[0]).toHaveLength(4)
  })
})
