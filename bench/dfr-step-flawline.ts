/** One DFR training step for each line on stdin, see `peer.ts`; started by `dfr-step.ts`. */
import { createInterface } from 'node:readline'
import type * as tf from '@tensorflow/tfjs-core'
import { seededRandom } from '../base/random.ts'
import { fit } from '../engine/fit.ts'
import { adam } from '../engine/optimizers.ts'
import { dfrBuffers, dfrLoss, dfrParams } from '../models/dfr.ts'
import { answer } from './answer.ts'

const [channels, latent, cells] = process.argv.slice(2).map(Number)
const random = seededRandom('bench', 'dfr step')
const x = Float32Array.from({ length: channels * cells }, () => random.next())
let started = 0

async function* steps(): AsyncGenerator<{ x: Float32Array }> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'step') return
    started = performance.now()
    yield { x }
  }
}

console.log('ready')
await fit({
  params: dfrParams(channels, latent, random),
  buffers: dfrBuffers(channels, latent),
  batch: { x: { shape: [channels, cells], dtype: 'float32' } },
  loss: (params, batch, buffers) => dfrLoss(params, buffers, batch['x'] as tf.Tensor2D),
  optimizer: adam({ lr: 1e-3 }),
  epochs: 1,
  batches: steps,
  onProgress: ({ loss }) => answer(performance.now() - started, `loss ${loss}`),
})
