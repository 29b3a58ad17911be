import Type from 'typebox'
import { defineRun } from '../stage.ts'

const settings = Type.Object(
  {
    grid: Type.Integer({
      description:
        'Cells per axis: maps are upsampled to the working size, then averaged over k x k px, k = floor(size / grid)',
      default: 32,
      minimum: 8,
      maximum: 1024,
      'x-unit': 'cells',
    }),
    per_image: Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('all')], {
      description: 'Cells drawn from each training image, or all',
      default: 500,
      'x-thesis': 'all',
    }),
  },
  { additionalProperties: false },
)

/** Neighbouring cells are near copies of each other, so a seeded sample of each image trains as well as all of them. */
export const sampleCells = defineRun({
  kind: 'sample/cells',
  version: 1,
  summary: 'a seeded sample of aggregated cells of the training images',
  settings,
  ports: { features: { accepts: ['features'], splits: ['train'] } },
  gives: ['cells'],
  draws: true,
  cost: ({ grid, per_image }, { items }) => {
    const cells = items * (per_image === 'all' ? grid * grid : per_image)
    return { ms: items * 6 + cells * 0.02, bytes: cells * 832 * 2 }
  },
  run: async (inputs, context) => (await import('./cells-task.ts')).sampleCellsOf(inputs, context),
})
