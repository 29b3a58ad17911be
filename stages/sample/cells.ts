import Type from '../../base/type.ts'
import { defineRun } from '../stage.ts'
import { channelsOf } from '../cell-work.ts'

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

/** Measured on two cores: opening an image's maps, reading them, aggregating the cells drawn. */
const MS_PER_IMAGE = 0.5
const MS_PER_BYTE = 3e-6
const MS_PER_VALUE = 5e-5

/** Neighbouring cells are near copies of each other, so a seeded sample of each image trains as well as all of them. */
export const sampleCells = defineRun({
  kind: 'sample/cells',
  version: 1,
  summary: 'a seeded sample of aggregated cells of the training images',
  settings,
  ports: { features: { accepts: ['features'], splits: ['train'] } },
  gives: ['cells'],
  draws: true,
  cost: ({ grid, per_image }, size) => {
    const values = size.items * (per_image === 'all' ? grid * grid : per_image) * channelsOf(size)
    const read = size.items * (size.perItem('features')?.bytes ?? 0)
    return { ms: size.items * MS_PER_IMAGE + read * MS_PER_BYTE + values * MS_PER_VALUE, bytes: values * 2 }
  },
  run: async (inputs, context) => (await import('./cells-task.ts')).sampleCellsOf(inputs, context),
})
