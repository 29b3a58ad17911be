import { defineEach } from '../stage.ts'
import { picturesSettings } from './settings.ts'

/** Heat map, overlay and mask of every test image, all heat maps on one colour scale. */
export const reportPictures = defineEach({
  kind: 'report/pictures',
  version: 2,
  summary: 'heat map, overlay and predicted mask of each test image, as PNG, and what the report shows of them',
  settings: picturesSettings,
  ports: {
    scores: { accepts: ['scores'], splits: ['test'], columns: ['image', 'mask'] },
    thresholds: { accepts: ['thresholds'] },
  },
  gives: ['pictures'],
  over: 'scores',
  cost: (_, { items }) => ({ ms: items * 90, bytes: items * 480_000 }),
  open: async (inputs, context) => (await import('./pictures-task.ts')).openPictures(inputs, context),
})
