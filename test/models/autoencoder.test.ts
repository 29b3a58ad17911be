import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { fit } from '../../engine/fit.ts'
import { type ArraySpec, adam, type Tensors } from '../../engine/optimizers.ts'
import { openSession } from '../../engine/session.ts'
import { trace } from '../../engine/trace.ts'
import {
  autoencoderForward,
  autoencoderLayers,
  type Decoder,
  drawMask,
  dropoutMasks,
  type Widths,
} from '../../models/autoencoder.ts'
import { layerBuffers, layerParams } from '../../models/layers.ts'
import { reconstructionLoss, type SsimWindow, ssimMap } from '../../models/ssim.ts'
import { data, expectSampled, floats, formulaParams, noise, type Sampled } from './closed-formula.ts'

interface Reference {
  readonly n: number
  readonly size: number
  readonly lr: number
  readonly decay: number
  readonly widths: Widths
  readonly ssim: Record<SsimWindow, Sampled>
  readonly cases: Record<
    Decoder,
    {
      readonly y: Sampled
      readonly window: SsimWindow
      readonly gradients: Record<string, Sampled>
      readonly losses: readonly number[]
      readonly params: Record<string, Sampled>
      readonly running: Record<string, { readonly mean: Sampled; readonly variance: Sampled }>
    }
  >
}

const reference = JSON.parse(readFileSync(new URL('../oracles/autoencoder.json', import.meta.url), 'utf8')) as Reference
const { n, size, widths } = reference
const DECODERS: readonly Decoder[] = ['notebook', 'script', 'plain']

const parameters = (decoder: Decoder): Record<string, ArraySpec> => formulaParams(autoencoderLayers(decoder, widths))

const image = (phase: number): Float32Array => noise(n * size * size * 3, phase, 0.5, 0.5)

function masks(decoder: Decoder): Record<string, ArraySpec> {
  return Object.fromEntries(
    Object.entries(dropoutMasks(decoder, widths)).map(([name, channels], i) => [
      name,
      {
        shape: [n, 1, 1, channels],
        data: Float32Array.from({ length: n * channels }, (_, k) => ((k + i) % 5 === 0 ? 0 : 1.25)),
      },
    ]),
  )
}

const IMAGE = { shape: [n, size, size, 3], dtype: 'float32' } as const
describe.each(DECODERS)('the baseline autoencoder (%s)', (decoder) => {
  const expected = reference.cases[decoder]
  const params = parameters(decoder)
  const buffers = layerBuffers(autoencoderLayers(decoder, widths))
  const drops = masks(decoder)
  const loss = (current: Tensors, { x, ...given }: Tensors, running: Tensors) => {
    const input = x as tf.Tensor4D
    const out = autoencoderForward(decoder, 'train', { params: current, buffers: running, x: input, masks: given })
    return { loss: reconstructionLoss(input, out.y, expected.window), buffers: out.buffers, y: out.y }
  }

  test('has the output, the loss and every gradient of PyTorch', async () => {
    const names = Object.keys(params)
    const { model } = trace(
      (inputs) => {
        const pick = (keys: string[]): Tensors => Object.fromEntries(keys.map((name) => [name, inputs[name]]))
        let y: tf.Tensor | undefined
        const forward = (): tf.Scalar => {
          const out = loss(pick(names), pick(['x', ...Object.keys(drops)]), pick(Object.keys(buffers)))
          y = tf.keep(out.y)
          return out.loss
        }
        const { value, grads } = tf.engine().gradients(
          forward,
          names.map((name) => inputs[name]),
          undefined,
          true,
        )
        return {
          loss: value,
          y: y!,
          ...Object.fromEntries(names.map((name, i) => [`grad ${name}`, grads[i]])),
        }
      },
      { ...floats(params), ...floats(buffers), ...floats(drops), x: IMAGE },
    )
    const session = await openSession(model)
    const results = await session.run({ ...data(params), ...data(buffers), ...data(drops), x: image(0) })
    await session.dispose()
    expect((results['loss'] as Float32Array)[0]).toBeCloseTo(expected.losses[0], 5)
    expectSampled(results['y'] as Float32Array, expected.y, 'y')
    for (const name of names)
      expectSampled(results[`grad ${name}`] as Float32Array, expected.gradients[name], `gradient of ${name}`)
  })

  test('takes ten steps of AdamW as PyTorch does, with its running statistics', async () => {
    const losses: number[] = []
    const trained = await fit({
      params,
      buffers,
      batch: { x: IMAGE, ...floats(drops) },
      loss,
      optimizer: adam({ lr: reference.lr, weightDecay: reference.decay }),
      epochs: 1,
      batches: () => expected.losses.map((_, step) => ({ x: image(step), ...data(drops) })),
      onProgress: (progress) => losses.push(progress.loss),
    })
    // Where a true gradient is 0, Adam turns rounding into steps of the learning rate: ten of them are the floor.
    const floor = 10 * reference.lr
    losses.forEach((value, step) => expect(value, `loss of step ${step}`).toBeCloseTo(expected.losses[step], 4))
    for (const [name, { data: values }] of Object.entries(trained.params))
      expectSampled(values, expected.params[name], name, floor)
    for (const [name, { mean, variance }] of Object.entries(expected.running)) {
      expectSampled(trained.buffers[`${name}.mean`].data, mean, `${name}.mean`, floor)
      expectSampled(trained.buffers[`${name}.variance`].data, variance, `${name}.variance`, floor)
    }
  })
})

test.each(['isotropic', 'notebook'] as const)('SSIM with the %s window is that of PyTorch', async (window) => {
  const { model } = trace(({ x, y }) => ({ map: ssimMap(x as tf.Tensor4D, y as tf.Tensor4D, window) }), {
    x: IMAGE,
    y: IMAGE,
  })
  const session = await openSession(model)
  const { map } = await session.run({ x: image(0), y: image(3) })
  await session.dispose()
  // Differences of nearly equal float32 means: 1e-5 of the range of -1..1.
  expectSampled(map as Float32Array, reference.ssim[window], 'SSIM', 2e-5)
})

test.each([
  ['script', 2_434_793],
  ['notebook', 2_446_731],
  ['plain', 1_938_979],
] as const)('the %s decoder has %i parameters', (decoder, count) => {
  const params = layerParams(autoencoderLayers(decoder), seededRandom('count'))
  expect(Object.values(params).reduce((sum, { data: values }) => sum + values.length, 0)).toBe(count)
})

test('a mask drops a fifth of the channels and keeps the expected value', () => {
  const random = seededRandom('mask')
  const mask = drawMask(10_000, () => random.next())
  expect(new Set(mask)).toEqual(new Set([0, 1.25]))
  expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 1)
})
