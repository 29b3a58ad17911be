import Type from '../../base/type.ts'
import { defineEach } from '../stage.ts'

/** Pixels of every image as the stage before hands them on, with the mask after the same geometry. */
export const reportImages = defineEach({
  kind: 'report/images',
  version: 1,
  summary: 'pixels of each image after all steps so far, and of its mask, as PNG',
  settings: Type.Object({}, { additionalProperties: false }),
  ports: { images: { accepts: ['images'], columns: ['mask'] } },
  gives: ['pictures'],
  over: 'images',
  cost: (_, { items }) => ({ ms: items * 100, bytes: items * 1_000_000 }),
  open: async (inputs) => (await import('./images-task.ts')).openImages(inputs),
})
