import Type, { type Static } from 'typebox'
import { defineRun } from '../stage.ts'

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

/** FLOP per second that a training step reaches on two cores of an AVX-512 server. */
const FLOPS = 110e9
const DEFAULT_LATENT = 220

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
  cost: ({ epochs, latent }, { bySplit, settingsOf }) => {
    const sample = settingsOf('cells')
    const perImage = sample?.per_image === 'all' ? Number(sample.grid) ** 2 : Number(sample?.per_image ?? 500)
    const cells = bySplit.train * perImage
    const d = latent === 'auto' ? DEFAULT_LATENT : latent
    const macs = 2 * ((832 * (832 + 2 * d)) / 2 + (832 + 2 * d) * d + 2 * d * d)
    return { ms: (1000 * cells * epochs * 6 * macs) / FLOPS, bytes: 2 * macs }
  },
  run: async (inputs, context) => (await import('./dfr-task.ts')).trainDfrModel(inputs, context),
})
