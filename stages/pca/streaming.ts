import Type from '../../base/type.ts'
import { defineRun } from '../stage.ts'
import { cellsPerImage, channelsOf, FLOPS } from '../cell-work.ts'

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

/** Measured on two cores: opening, and the eigenvalues of a matrix of C x C, per C cubed. */
const OPENING_MS = 50
const EIGEN_MS = 2.6e-6

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
  cost: (_, size) => {
    const channels = channelsOf(size)
    const cells = size.bySplit.train * cellsPerImage(size)
    const products = (1000 * 2 * cells * channels ** 2) / FLOPS
    return { ms: OPENING_MS + products + channels ** 3 * EIGEN_MS, bytes: 4 * channels ** 2 }
  },
  run: async (inputs, context) => (await import('./streaming-task.ts')).principalComponents(inputs, context),
})
