import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { defineRun } from '../stage.ts'
import { cellsPerImage, dfrMacs, FLOP_PER_MAC_TRAINED, FLOPS } from '../cell-work.ts'

const settings = Type.Object(
  {
    latent: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 4096 })], {
      description: 'Width of the code; auto: the number of components of the basis',
      default: 'auto',
    }),
    epochs: Type.Integer({
      description: 'Passes over the sample',
      default: 60,
      minimum: 1,
      maximum: 100_000,
      'x-unit': 'epochs',
      'x-thesis': 150,
    }),
    lr: Type.Number({ description: 'Learning rate of Adam', default: 1e-3, exclusiveMinimum: 0, maximum: 1 }),
    batch: Type.Integer({
      description: 'Cells per step',
      default: 4096,
      minimum: 2,
      maximum: 1_000_000,
      'x-unit': 'cells',
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
