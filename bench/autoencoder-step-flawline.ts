/** One training step of the baseline autoencoder for each line on stdin, see `peer.ts`; started by `autoencoder-step.ts`. */
import { createInterface } from 'node:readline'
import { seededRandom } from '../base/random.ts'
import { type Batch, fit } from '../engine/fit.ts'
import { adam } from '../engine/optimizers.ts'
import { autoencoderForward, autoencoderLayers, type Decoder, drawMask, dropoutMasks } from '../models/autoencoder.ts'
import { unitLevels } from '../models/image-detector.ts'
import { layerBuffers, layerParams } from '../models/layers.ts'
import { reconstructionLoss } from '../models/ssim.ts'
import { answer } from './answer.ts'

const [size, batch] = process.argv.slice(2, 4).map(Number)
const decoder = process.argv[4] as Decoder
const random = seededRandom('bench', 'autoencoder step')
const x = Uint8Array.from({ length: batch * size * size * 3 }, () => random.below(256))
const layers = autoencoderLayers(decoder)
const masks = Object.entries(dropoutMasks(decoder))
let started = 0

async function* steps(): AsyncGenerator<Batch> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'step') return
    started = performance.now()
    const drawn = masks.map(([name, channels]) => [name, drawMask(batch * channels, () => random.next())] as const)
    yield { x, ...Object.fromEntries(drawn) }
  }
}

console.log('ready')
await fit({
  params: layerParams(layers, random),
  buffers: layerBuffers(layers),
  batch: {
    x: { shape: [batch, size, size, 3], dtype: 'uint8' },
    ...Object.fromEntries(
      masks.map(([name, channels]) => [name, { shape: [batch, 1, 1, channels], dtype: 'float32' as const }]),
    ),
  },
  loss: (params, { x: levels, ...drops }, buffers) => {
    const image = unitLevels(levels)
    const out = autoencoderForward(decoder, 'train', { params, buffers, x: image, masks: drops })
    return { loss: reconstructionLoss(image, out.y), buffers: out.buffers }
  },
  optimizer: adam({ lr: 1e-3, weightDecay: 1e-5 }),
  epochs: 1,
  batches: steps,
  onProgress: ({ loss }) => answer(performance.now() - started, `loss ${loss}`),
})
