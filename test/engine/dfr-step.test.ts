import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { fit } from '../../engine/fit.ts'
import { type ArraySpec, adam, type Tensors } from '../../engine/optimizers.ts'
import { dfrBuffers, dfrForward, dfrLoss, dfrParams, dfrWidths, foldDfr } from '../../models/dfr.ts'
import { expectClose, expectEqualToCpu, type Feed, onOnnx } from './oracle.ts'

interface Reference {
  readonly channels: number
  readonly latent: number
  readonly cells: number
  readonly lr: number
  readonly inputs: readonly number[][]
  readonly params: Record<string, number[]>
  readonly gradients: Record<string, number[]>
  readonly losses: readonly number[]
  readonly 'params after one step': Record<string, number[]>
  readonly 'params after all steps': Record<string, number[]>
  readonly 'buffers after all steps': Record<string, number[]>
  readonly 'inference of input 0': number[]
}
const reference = JSON.parse(readFileSync(new URL('../oracles/dfr_step.json', import.meta.url), 'utf8')) as Reference
const { channels, latent, cells, lr } = reference

const shapes = dfrParams(channels, latent, seededRandom('shapes'))
const arrays = (values: Record<string, number[]>): Record<string, ArraySpec> =>
  Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name, { shape: shapes[name].shape, data: Float32Array.from(data) }]),
  )
const buffers = dfrBuffers(channels, latent)
const input = (i: number): Feed => ({ shape: [channels, cells], data: Float32Array.from(reference.inputs[i]) })

const pick = (inputs: Tensors, names: readonly string[]): Tensors =>
  Object.fromEntries(names.map((name) => [name, inputs[name]]))

/** Loss and every gradient of one step, as outputs. */
function lossAndGradients(inputs: Tensors): Tensors {
  const names = Object.keys(shapes)
  const forward = () =>
    dfrLoss(pick(inputs, names), pick(inputs, Object.keys(buffers)), inputs['x'] as tf.Tensor2D).loss
  const { value, grads } = tf.engine().gradients(
    forward,
    names.map((name) => inputs[name]),
    undefined,
    true,
  )
  const found = grads as (tf.Tensor | null)[]
  return {
    loss: value,
    ...Object.fromEntries(names.flatMap((name, i) => (found[i] ? [[`d ${name}`, found[i]]] : []))),
  }
}

describe('the DFR training step', () => {
  test('gives the loss and the gradients that PyTorch gives', async () => {
    const results = await onOnnx(lossAndGradients, { ...arrays(reference.params), ...buffers, x: input(0) })
    expectClose(results['loss'], [reference.losses[0]], 'loss', { relative: 1e-6 })
    const compared = Object.keys(results).filter((name) => name !== 'loss')
    expect(compared).toHaveLength(15) // 6 weights, 4 gains, 4 shifts, the last bias: batch norm takes the others out again
    for (const name of compared)
      expectClose(results[name], reference.gradients[name.slice(2)], name, { relative: 1e-5, floor: 1e-8 })
  })

  test('gives the loss and the gradients that tfjs computes itself', async () => {
    const random = seededRandom('dfr step')
    const x = Float32Array.from({ length: 9 * 20 }, () => random.normal())
    const small = dfrParams(9, 3, random)
    const fn = (inputs: Tensors): Tensors => {
      const weighted = (...params: tf.Tensor[]): tf.Scalar =>
        dfrLoss(
          Object.fromEntries(Object.keys(small).map((name, i) => [name, params[i]])),
          pick(inputs, Object.keys(dfrBuffers(9, 3))),
          inputs['x'] as tf.Tensor2D,
        ).loss
      const names = Object.keys(small).filter((name) => /weight|gain|shift|dec3.bias/.test(name))
      const all = Object.keys(small).map((name) => inputs[name])
      const { grads } = tf.engine().gradients(
        () => weighted(...all),
        names.map((name) => inputs[name]),
      )
      return Object.fromEntries(names.map((name, i) => [`d ${name}`, grads[i]]))
    }
    await expectEqualToCpu(fn, { ...small, ...dfrBuffers(9, 3), x: { shape: [9, 20], data: x } })
  })

  test('updates parameters and running statistics as torch.optim.Adam does, step after step', async () => {
    const run = (steps: number) =>
      fit({
        params: arrays(reference.params),
        buffers,
        batch: { x: { shape: [channels, cells], dtype: 'float32' } },
        loss: (params, batch, state) => dfrLoss(params, state, batch['x'] as tf.Tensor2D),
        optimizer: adam({ lr }),
        epochs: 1,
        batches: () => reference.inputs.slice(0, steps).map((data) => ({ x: Float32Array.from(data) })),
        session: { threads: 1 },
      })
    const one = await run(1)
    for (const [name, { data }] of Object.entries(one.params))
      expectClose(data, reference['params after one step'][name], name, { relative: 1e-6, floor: 2e-7 })
    const all = await run(3)
    expectClose([all.history[0].loss], [reference.losses.reduce((a, b) => a + b) / 3], 'mean loss')
    for (const [name, { data }] of Object.entries(all.params))
      expectClose(data, reference['params after all steps'][name], name, { relative: 1e-5, floor: 2e-6 })
    for (const [name, { data }] of Object.entries(all.buffers))
      expectClose(data, reference['buffers after all steps'][name], name, { relative: 1e-5 })
  })

  test('reconstructs as PyTorch does in evaluation mode, with and without folded batch norm', async () => {
    const params = arrays(reference['params after all steps'])
    const running = Object.fromEntries(
      Object.entries(buffers).map(([name, { shape }]) => [
        name,
        { shape, data: Float32Array.from(reference['buffers after all steps'][name]) },
      ]),
    )
    const x = input(0)
    const inferred = await onOnnx(
      (inputs) => ({ y: dfrForward(inputs, inputs, inputs['x'] as tf.Tensor2D, 'infer').y }),
      { ...params, ...running, x },
    )
    expectClose(inferred['y'], reference['inference of input 0'], 'infer', { relative: 1e-5 })
    const folded = foldDfr(params, running)
    const fast = await onOnnx((inputs) => ({ y: dfrForward(inputs, {}, inputs['x'] as tf.Tensor2D, 'folded').y }), {
      ...folded,
      x,
    })
    expectClose(fast['y'], reference['inference of input 0'], 'folded', { relative: 1e-5 })
  })
})

describe('the DFR network', () => {
  test.each([
    [210, 626, 1_751_222],
    [220, 636, 1_819_092],
    [260, 676, 2_106_572],
  ])('has the published size at latent width %i', (d, middle, count) => {
    expect(dfrWidths(832, d)).toEqual([832, middle, 2 * d, d, 2 * d, middle, 832])
    const params = Object.values(dfrParams(832, d, seededRandom(d)))
    expect(params.reduce((sum, { data }) => sum + data.length, 0)).toBe(count)
  })
})
