import Type from 'typebox'
import { defineRun } from '../stage.ts'

const settings = Type.Object(
  {
    variance: Type.Number({
      description: 'Share of the variance that the kept components reach',
      default: 0.9,
      exclusiveMinimum: 0,
      maximum: 1,
    }),
    standardize: Type.Boolean({
      description: 'Divides every channel by its standard deviation first: raw taps are dominated by a few channels',
      default: true,
      'x-thesis': false,
    }),
  },
  { additionalProperties: false },
)

/** Moments are gathered chunk by chunk, so memory does not grow with the number of cells. */
export const pcaStreaming = defineRun({
  kind: 'pca/streaming',
  version: 1,
  summary: 'principal components of the cells, and how many reach a share of the variance',
  paper: 'Yang, Shi, Qi 2020, Unsupervised anomaly segmentation via deep feature reconstruction (latent width)',
  settings,
  ports: { cells: { accepts: ['cells'] } },
  gives: ['basis'],
  computes: true,
  cost: () => ({ ms: 2000, bytes: 2e6 }),
  run: async (inputs, context) => (await import('./streaming-task.ts')).principalComponents(inputs, context),
})
