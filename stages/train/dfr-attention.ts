import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { channelsOf, dfrMacs, FLOP_PER_MAC_TRAINED, FLOPS } from '../cell-work.ts'
import { defineRun } from '../stage.ts'

const settings = Type.Object(
  {
    latent: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 4096 })], {
      description: 'Width of the code; auto: the number of components of the basis',
      default: 'auto',
    }),
    epochs: Type.Integer({
      description: 'Passes over the training images',
      default: 60,
      minimum: 1,
      maximum: 100_000,
      'x-unit': 'epochs',
      'x-thesis': 150,
    }),
    lr: Type.Number({ description: 'Learning rate of Adam', default: 1e-3, exclusiveMinimum: 0, maximum: 1 }),
    batch: Type.Integer({
      description:
        'Images per step. Attention sees whole maps, so the sample must hold all cells (sample.per_image: all)',
      default: 4,
      minimum: 1,
      maximum: 1024,
      'x-unit': 'images',
    }),
    checkpoint: Type.Number({
      description: 'How often the state is kept, so that an interrupted training goes on where it was',
      default: 30,
      minimum: 0,
      'x-unit': 's',
      'x-inert': true,
    }),
    bn: Type.Enum(['population', 'running'], {
      description:
        'Batch-norm statistics for use: over the whole sample after the last epoch, or running averages with momentum 0.1',
      default: 'population',
      'x-thesis': 'running',
    }),
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
