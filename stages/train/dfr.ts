import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { defineRun } from '../stage.ts'
import { adamRate, batchNorm, checkpoint, dfrEpochs, latent } from './settings.ts'
import { cellsPerImage, dfrMacs, FLOP_PER_MAC_TRAINED, FLOPS } from '../cell-work.ts'

const settings = Type.Object(
  {
    latent,
    epochs: dfrEpochs('the sample'),
    lr: adamRate,
    batch: Type.Integer({
      description: 'Cells per step',
      default: 4096,
      minimum: 2,
      maximum: 1_000_000,
      'x-unit': 'cells',
    }),
    checkpoint,
    bn: batchNorm,
  },
  { additionalProperties: false },
)

export type DfrSettings = Static<typeof settings>

/** Deep Feature Reconstruction: an autoencoder over feature cells learns what good parts look like. */
export const trainDfr = defineRun({
  kind: 'train/dfr',
  version: 1,
  summary: 'deep feature reconstruction by 1x1 convolutions',
  paper: 'Yang, Shi, Qi 2020, Unsupervised anomaly segmentation via deep feature reconstruction',
  settings,
  ports: { cells: { accepts: ['cells'] }, basis: { accepts: ['basis'], optional: true } },
  gives: ['model'],
  draws: true,
  computes: true,
  cost: ({ epochs, latent }, size) => {
    const cells = size.bySplit.train * cellsPerImage(size)
    const macs = dfrMacs(size, latent)
    return { ms: (1000 * cells * epochs * FLOP_PER_MAC_TRAINED * macs) / FLOPS, bytes: 4 * macs }
  },
  run: async (inputs, context) => (await import('./dfr-task.ts')).trainDfrModel(inputs, context),
})
