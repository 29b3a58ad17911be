import Type from 'typebox'
import { defineRun } from '../stage.ts'

/** Measured on two cores; only used until a run has recorded its own cost. */
const OPENING_MS = 4000
const MS_PER_IMAGE = 60
const BUNDLE_BYTES = 20e6

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
  cost: (_, { bySplit }) => ({
    ms: OPENING_MS + (bySplit.held_out + bySplit.test) * MS_PER_IMAGE,
    bytes: BUNDLE_BYTES,
  }),
  run: async (inputs, context) => (await import('./onnx-task.ts')).exportBundle(inputs, context),
})
