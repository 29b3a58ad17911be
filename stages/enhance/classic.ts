import Type from '../../base/type.ts'
import { picture } from '../../artifacts/items.ts'
import { defineList, type StageDiagnostic } from '../stage.ts'
import { classicSteps, THESIS_ENHANCEMENT } from './classic-steps.ts'

const settings = Type.Object(
  {
    clahe: Type.Optional(
      Type.Object(
        {
          clip: Type.Number({
            description: 'Limit of a histogram bin, in multiples of its mean; 0.8 is not neutral, it raises contrast',
            default: THESIS_ENHANCEMENT.clahe.clip,
            exclusiveMinimum: 0,
            maximum: 100,
            'x-unit': 'x mean bin',
          }),
          tiles: Type.Integer({
            description: 'Tiles along each side',
            default: THESIS_ENHANCEMENT.clahe.tiles,
            minimum: 1,
            maximum: 64,
            'x-unit': 'tiles',
          }),
        },
        {
          description: 'Local histogram equalisation of the lightness (Lab)',
          additionalProperties: false,
          'x-thesis': THESIS_ENHANCEMENT.clahe,
        },
      ),
    ),
    gamma: Type.Optional(
      Type.Number({
        description: 'g in 255 (i/255)^(1/g): below 1 darkens, above 1 brightens',
        minimum: 0.05,
        maximum: 20,
        'x-thesis': THESIS_ENHANCEMENT.gamma,
      }),
    ),
    unsharp: Type.Optional(
      Type.Object(
        {
          amount: Type.Number({
            description: 'a in (1 + a) I - a G, with G the image under a 5x5 Gaussian of sigma 1 px',
            default: THESIS_ENHANCEMENT.unsharp.amount,
            minimum: 0,
            maximum: 10,
          }),
        },
        { description: 'Sharpening', additionalProperties: false, 'x-thesis': THESIS_ENHANCEMENT.unsharp },
      ),
    ),
    apply: Type.Array(Type.Enum(['train', 'held_out', 'test']), {
      description: 'Which images; training and test should look the same',
      default: ['train', 'held_out', 'test'],
      minItems: 1,
      uniqueItems: true,
      'x-thesis': ['test'],
    }),
  },
  { additionalProperties: false },
)

/** CLAHE, gamma and unsharp masking as OpenCV does them, on 8 bit, before any resize; masks stay as they are. */
export const enhanceClassic = defineList({
  kind: 'enhance/classic',
  version: 1,
  summary: 'CLAHE, gamma and unsharp masking',
  settings,
  ports: { images: { accepts: ['images'] } },
  gives: ['images'],
  list(items, { settings: { apply, ...steps } }) {
    const added = classicSteps(steps)
    const enhanced = new Set<string>(apply)
    return {
      items: items.map((item) =>
        enhanced.has(item.split)
          ? { ...item, image: picture(item.image.source, [...item.image.operations, ...added]) }
          : item,
      ),
      diagnostics: added.length === 0 ? [NOTHING_TO_DO] : [],
    }
  },
})

const NOTHING_TO_DO: StageDiagnostic = {
  code: 'W228',
  severity: 'warning',
  message: 'no step given, so images stay as they are',
  help: ['give clahe, gamma or unsharp, such as gamma: 0.8'],
}
