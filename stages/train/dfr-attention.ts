import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { channelsOf, dfrMacs, FLOP_PER_MAC_TRAINED, FLOPS } from '../cell-work.ts'
import { defineRun } from '../stage.ts'
import { adamRate, batchNorm, checkpoint, dfrEpochs, latent } from './settings.ts'

const settings = Type.Object(
  {
    latent,
    epochs: dfrEpochs('the training images'),
    lr: adamRate,
    batch: Type.Integer({
      description:
        'Images per step. Attention sees whole maps, so the sample must hold all cells (sample.per_image: all)',
      default: 4,
      minimum: 1,
      maximum: 1024,
      'x-unit': 'images',
    }),
    checkpoint,
    bn: batchNorm,
  },
  { additionalProperties: false },
)

export type DfrAttentionSettings = Static<typeof settings>

/** DFR with a block of attention behind two layers and skips over the code: tried in the thesis, without a gain. */
export const trainDfrAttention = defineRun({
  kind: 'train/dfr-attention',
  version: 1,
  summary: 'deep feature reconstruction with attention and skips, over whole maps',
  paper: 'Yang, Shi, Qi 2020, DFR; Woo, Park, Lee, Kweon 2018, CBAM: convolutional block attention module',
  settings,
  ports: { cells: { accepts: ['cells'] }, basis: { accepts: ['basis'], optional: true } },
  gives: ['model'],
  draws: true,
  computes: true,
  cost: ({ epochs, latent }, size) => {
    const cells = size.bySplit.train * Number(size.settingsOf('cells')?.grid ?? 32) ** 2
    const macs = dfrMacs(size, latent)
    return { ms: (1000 * cells * epochs * FLOP_PER_MAC_TRAINED * macs) / FLOPS, bytes: 4 * macs + 8 * channelsOf(size) }
  },
  run: async (inputs, context) => (await import('./dfr-attention-task.ts')).trainDfrAttentionModel(inputs, context),
})
