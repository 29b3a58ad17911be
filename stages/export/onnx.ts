import Type from '../../base/type.ts'
import { defineRun } from '../stage.ts'

/** Measured on two cores: recording the graph, and an image beside its way through network and model. */
const OPENING_MS = 500
const MS_PER_IMAGE = 2
const BUNDLE_BYTES = 3e6

/**
 * What runs on the line: one ONNX graph from the original image to error map and score, thresholds as data beside it.
 * The bundle's own bytes are run over every held-out and test image first: scores must be the pipeline's, decisions the same.
 */
export const exportOnnx = defineRun({
  kind: 'export/onnx',
  version: 1,
  summary: 'one ONNX graph from image to score, with thresholds as data; checked against the pipeline’s scores',
  settings: Type.Object({}, { additionalProperties: false }),
  ports: {
    model: { accepts: ['model'] },
    scores: { accepts: ['scores'], splits: ['held_out', 'test'], columns: ['image'] },
    thresholds: { accepts: ['thresholds'] },
  },
  gives: ['bundle'],
  computes: true,
  cost: (_, { bySplit, perItem }) => {
    const each = MS_PER_IMAGE + (perItem('features')?.ms ?? 0) + (perItem('scores')?.ms ?? 0)
    return { ms: OPENING_MS + (bySplit.held_out + bySplit.test) * each, bytes: BUNDLE_BYTES }
  },
  run: async (inputs, context) => (await import('./onnx-task.ts')).exportBundle(inputs, context),
})
