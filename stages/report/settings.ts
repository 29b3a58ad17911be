import type { Static } from 'typebox'
import Type from '../../base/type.ts'

export const picturesSettings = Type.Object(
  {
    alpha: Type.Number({
      description: 'How much of the heat map covers the image where it is hot',
      default: 0.4,
      minimum: 0,
      maximum: 1,
    }),
    min_side: Type.Integer({
      description: 'Heat maps and overlays of smaller images are enlarged by a whole factor up to this long side',
      default: 512,
      minimum: 1,
      maximum: 4096,
      'x-unit': 'px',
    }),
    max_side: Type.Integer({
      description: 'Heat maps and overlays of larger images are shrunk to this long side; masks never are',
      default: 1024,
      minimum: 64,
      maximum: 16384,
      'x-unit': 'px',
    }),
  },
  { additionalProperties: false },
)

export type PicturesSettings = Static<typeof picturesSettings>
