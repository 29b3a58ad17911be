import { defineRun } from '../stage.ts'
import { evaluateSettings } from './settings.ts'

/** Measured on two cores at 256 px images; only used until a run has recorded its own cost. */
const MS_PER_IMAGE = 50
const MS_PER_IMAGE_AND_RESAMPLE = 0.004

/**
 * Limits from held-out images, metrics with intervals on test images, decisions for both. Training images are read for their
 * mean grey alone, for the trivial baseline.
 */
export const evaluateStandard = defineRun({
  kind: 'evaluate/standard',
  version: 2,
  summary: 'limits from held-out images; metrics with intervals, baselines and decisions on test images',
  settings: evaluateSettings,
  ports: {
    scores: {
      accepts: ['scores'],
      splits: ['train', 'held_out', 'test'],
      columns: ['id', 'split', 'label', 'mask', 'defect', 'part', 'facts', 'image'],
    },
  },
  gives: ['verdict', 'thresholds'],
  draws: true,
  cost: ({ resamples }, { bySplit }) => ({
    ms: (bySplit.test + bySplit.held_out) * (MS_PER_IMAGE + resamples * MS_PER_IMAGE_AND_RESAMPLE),
    bytes: 50_000 + (bySplit.test + bySplit.held_out) * 300,
  }),
  run: async (inputs, context) => (await import('./evaluate-task.ts')).evaluate(inputs, context),
})
