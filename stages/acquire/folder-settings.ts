import type { Static } from 'typebox'
import Type from '../../base/type.ts'

const Value = Type.Union([Type.String(), Type.Number()])

export const folderSettings = Type.Object(
  {
    dir: Type.String({
      description: 'Folder with train/LABEL, test/LABEL and masks/LABEL',
      minLength: 1,
      'x-path': true,
    }),
    labels: Type.Record(Type.String(), Type.Enum(['ok', 'nok', 'unknown']), {
      description:
        'Label of a folder; by itself ok and good are ok, nok and bad are nok, and any other folder is a kind of defect',
      default: {},
    }),
    fields: Type.Optional(
      Type.String({
        description:
          'What base names hold: literal text, and {name} for the shortest run up to the next literal text. {part}, {view} and {defect} fill those columns',
        minLength: 1,
      }),
    ),
    where: Type.Record(Type.String(), Type.Union([Value, Type.Array(Value, { minItems: 1 })]), {
      description: 'Keeps the images whose field has this value, or one of these; numbers compare as numbers',
      default: {},
    }),
    masks: Type.Object(
      {
        dir: Type.String({
          description: 'Folder of the masks inside dir; a mask is named like its image',
          default: 'masks',
          pattern: '^(?!/)(?!(.*/)?\\.{1,2}(/|$)).*[^/]$',
        }),
        suffix: Type.String({ description: 'What may stand behind the name of the image, such as _mask', default: '' }),
        invert: Type.Boolean({ description: 'Defects are black in the masks', default: false }),
      },
      { description: 'Where the defects are drawn', default: {}, additionalProperties: false },
    ),
    on_bad: Type.Enum(['fail', 'skip'], {
      description: 'What to do with images that cannot be decoded and names that do not fit fields',
      default: 'fail',
    }),
  },
  { additionalProperties: false },
)

export type FolderSettings = Static<typeof folderSettings>
