import Type from '../../base/type.ts'

/** Settings that several trainings have in common. */
export const checkpoint = Type.Number({
  description: 'How often the state is kept, so that an interrupted training goes on where it was',
  default: 30,
  minimum: 0,
  'x-unit': 's',
  'x-inert': true,
})

export const adamRate = Type.Number({
  description: 'Learning rate of Adam',
  default: 1e-3,
  exclusiveMinimum: 0,
  maximum: 1,
})

export const latent = Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 4096 })], {
  description: 'Width of the code; auto: the number of components of the basis',
  default: 'auto',
})

/** Passes over `what`, as DFR has them. */
export const dfrEpochs = (what: string) =>
  Type.Integer({
    description: `Passes over ${what}`,
    default: 60,
    minimum: 1,
    maximum: 100_000,
    'x-unit': 'epochs',
    'x-thesis': 150,
  })

export const batchNorm = Type.Enum(['population', 'running'], {
  description:
    'Batch-norm statistics for use: over the whole sample after the last epoch, or running averages with momentum 0.1',
  default: 'population',
  'x-thesis': 'running',
})
