import Type from '../../base/type.ts'
import { defineRun } from '../stage.ts'

/** The closed form of DFR: a cell's error is what the leading components do not explain of it. */
export const trainPca = defineRun({
  kind: 'train/pca',
  version: 1,
  summary: 'reconstruction from principal components, in closed form: nothing to train',
  paper: 'DFR with a linear autoencoder; compare Ahuja et al. 2019, Probabilistic modeling of deep features (DFM)',
  settings: Type.Object({}, { additionalProperties: false }),
  ports: { basis: { accepts: ['basis'] } },
  gives: ['model'],
  cost: () => ({ ms: 100, bytes: 1e6 }),
  run: async (inputs) => (await import('./pca-task.ts')).pcaModel(inputs),
})
