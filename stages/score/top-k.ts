import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { defineEach } from '../stage.ts'
import { channelsOf, componentsOf, dfrMacs, FLOPS } from '../cell-work.ts'
import { imageMacs } from '../image-work.ts'

const settings = Type.Object(
  {
    top_k: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1 })], {
      description:
        'The score is the mean of this many largest cells; auto: 20, of image models 1500, whose cells are px',
      default: 'auto',
      'x-unit': 'cells',
    }),
    border: Type.Optional(
      Type.Object(
        {
          cells: Type.Optional(
            Type.Integer({ minimum: 0, description: 'Cells left out on each side', 'x-unit': 'cells' }),
          ),
          px: Type.Optional(
            Type.Integer({
              minimum: 0,
              description: 'Pixels of the working image left out on each side',
              'x-unit': 'px',
            }),
          ),
          share: Type.Optional(
            Type.Number({ minimum: 0, exclusiveMaximum: 0.5, description: 'Share of the side left out on each side' }),
          ),
        },
        {
          description: 'What the image score leaves out; maps are kept whole',
          additionalProperties: false,
          maxProperties: 1,
          'x-thesis': { cells: 20 },
        },
      ),
    ),
    map_geometry: Type.Enum(['exact', 'stretch'], {
      description: 'Where cells lie in the image: where they were averaged, or stretched over the whole',
      default: 'exact',
      'x-thesis': 'stretch',
    }),
    pixel_error: Type.Enum(['squared', 'absolute'], {
      description:
        'What maps of image models hold, so what pixel metrics see; scores, and all maps of other models, are squared',
      default: 'squared',
      'x-thesis': 'absolute',
    }),
  },
  { additionalProperties: false },
)

export type ScoreSettings = Static<typeof settings>

/** Measured on two cores: opening the model, reading a map. */
const OPENING_MS = 100
const MS_PER_BYTE = 3e-6
const RENDER_MS = 18

/** Error of every cell, or px, under the model, and the mean of the largest as the image's score. */
export const scoreTopK = defineEach({
  kind: 'score/top-k',
  version: 1,
  summary: 'error map of each held-out and test image, and the mean of its largest cells',
  settings,
  ports: { features: { accepts: ['features', 'images'], splits: ['held_out', 'test'] }, model: { accepts: ['model'] } },
  gives: ['scores'],
  over: 'features',
  computes: true,
  cost: (_, size) => {
    const cells = Number(size.settingsOf('cells')?.grid ?? 32) ** 2
    const model = size.settingsOf('model')
    if (model !== undefined && 'weight_decay' in model) {
      const side = Number(model.size)
      const macs = imageMacs('decoder' in model ? 'notebook' : 'plain', side)
      return {
        ms: OPENING_MS + size.items * (RENDER_MS + (1000 * 2 * macs) / FLOPS),
        bytes: size.items * side ** 2 * 4,
      }
    }
    const macs =
      model !== undefined && 'latent' in model ? dfrMacs(size, model.latent) : 2 * channelsOf(size) * componentsOf(size)
    const read = (size.perItem('features')?.bytes ?? 0) * MS_PER_BYTE
    const each = read + (1000 * 2 * cells * macs) / FLOPS
    return { ms: OPENING_MS + size.items * each, bytes: size.items * cells * 4 }
  },
  open: async (inputs, context) => (await import('./top-k-task.ts')).openScoring(inputs, context),
})
