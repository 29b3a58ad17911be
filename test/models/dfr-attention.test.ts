import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { fit } from '../../engine/fit.ts'
import { adam, type Tensors } from '../../engine/optimizers.ts'
import { openSession } from '../../engine/session.ts'
import { trace } from '../../engine/trace.ts'
import { cellErrors } from '../../models/detector.ts'
import { dfrAttentionForward, dfrAttentionLayers, dfrAttentionLoss } from '../../models/dfr-attention.ts'
import { layerBuffers, layerParams } from '../../models/layers.ts'
import { data, expectSampled, floats, formulaParams, noise, type Sampled } from './closed-formula.ts'

interface Reference {
  readonly channels: number
  readonly latent: number
  readonly n: number
  readonly grid: number
  readonly lr: number
  readonly y: Sampled
  readonly gradients: Record<string, Sampled>
  readonly losses: readonly number[]
  readonly params: Record<string, Sampled>
  readonly running: Record<string, { readonly mean: Sampled; readonly variance: Sampled }>
  readonly errors: Sampled
}

const reference = JSON.parse(
  readFileSync(new URL('../oracles/dfr_attention.json', import.meta.url), 'utf8'),
) as Reference
const { channels, latent, n, grid, lr } = reference
const layers = dfrAttentionLayers(channels, latent)
const params = formulaParams(layers)
const buffers = layerBuffers(layers)
const MAPS = { shape: [n, grid, grid, channels], dtype: 'float32' } as const
const maps = (phase: number): Float32Array => noise(n * grid * grid * channels, 100 + phase, 1)

test('has the output, the loss and every gradient of PyTorch', async () => {
  const names = Object.keys(params)
  const { model } = trace(
    (inputs) => {
      const pick = (keys: string[]): Tensors => Object.fromEntries(keys.map((name) => [name, inputs[name]]))
      const [current, running, x] = [pick(names), pick(Object.keys(buffers)), inputs.x as tf.Tensor4D]
      const { value, grads } = tf.engine().gradients(
        () => dfrAttentionLoss(current, running, x).loss,
        names.map((name) => current[name]),
        undefined,
        true,
      )
      const { y } = dfrAttentionForward('train', { params: current, buffers: running, x })
      return { loss: value, y, ...Object.fromEntries(names.map((name, i) => [`grad ${name}`, grads[i]])) }
    },
    { ...floats(params), ...floats(buffers), x: MAPS },
  )
  const session = await openSession(model)
  const results = await session.run({ ...data(params), ...data(buffers), x: maps(0) })
  await session.dispose()
  expect((results['loss'] as Float32Array)[0]).toBeCloseTo(reference.losses[0], 5)
  expectSampled(results['y'] as Float32Array, reference.y, 'y')
  for (const name of names)
    expectSampled(results[`grad ${name}`] as Float32Array, reference.gradients[name], `gradient of ${name}`)
})

test('takes ten steps of Adam as PyTorch does, with its running statistics', async () => {
  const losses: number[] = []
  const trained = await fit({
    params,
    buffers,
    batch: { x: MAPS },
    loss: (current, { x }, running) => dfrAttentionLoss(current, running, x as tf.Tensor4D),
    optimizer: adam({ lr }),
    epochs: 1,
    batches: () => reference.losses.map((_, step) => ({ x: maps(step) })),
    onProgress: (progress) => losses.push(progress.loss),
  })
  losses.forEach((value, step) => expect(value, `loss of step ${step}`).toBeCloseTo(reference.losses[step], 4))
  // Where a true gradient is 0, Adam turns rounding into steps of the learning rate: ten of them are the floor.
  const floor = 10 * lr
  for (const [name, { data: values }] of Object.entries(trained.params))
    expectSampled(values, reference.params[name], name, floor)
  for (const [name, { mean, variance }] of Object.entries(reference.running)) {
    expectSampled(trained.buffers[`${name}.mean`].data, mean, `${name}.mean`, floor)
    expectSampled(trained.buffers[`${name}.variance`].data, variance, `${name}.variance`, floor)
  }
})

test('rates the cells of a map as PyTorch does with running statistics', async () => {
  const statistics = Object.fromEntries(
    Object.entries(buffers).map(
      ([
        name,
        {
          shape,
          data: { length },
        },
      ]) => {
        const layer = ['enc1', 'enc2', 'dec1', 'dec2'].findIndex((prefix) => name.startsWith(prefix))
        const values = name.endsWith('.mean') ? noise(length, 50 + layer, 0.1) : noise(length, 60 + layer, 0.2, 1)
        return [name, { shape, data: values }]
      },
    ),
  )
  const unscaled = {
    mean: { shape: [channels, 1], data: new Float32Array(channels) },
    inverseScale: { shape: [channels, 1], data: new Float32Array(channels).fill(1) },
  }
  const tensors = { ...unscaled, ...params, ...statistics }
  const { model } = trace(
    ({ x }) => ({ errors: cellErrors({ method: 'dfr-attention', tensors }, tf.transpose(x) as tf.Tensor2D) }),
    { x: { shape: [grid * grid, channels], dtype: 'float32' } },
  )
  const session = await openSession(model)
  const { errors } = await session.run({ x: maps(0).slice(0, grid * grid * channels) })
  await session.dispose()
  expectSampled(errors as Float32Array, reference.errors, 'errors')
})

test('has 2,196,832 parameters at 832 channels and a code of 260', () => {
  const all = layerParams(dfrAttentionLayers(832, 260), seededRandom('count'))
  expect(Object.values(all).reduce((sum, { data: values }) => sum + values.length, 0)).toBe(2_196_832)
})
