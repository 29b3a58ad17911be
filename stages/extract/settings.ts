import type { Static } from 'typebox'
import Type from '../../base/type.ts'

/** Settings of every `extract/*` kind; `size` is the one whose default differs. */
export const extractSettings = (size: number) =>
  Type.Object(
    {
      size: Type.Integer({
        description: 'Side of the square every image is resized to',
        default: size,
        minimum: 32,
        maximum: 4096,
        multipleOf: 32,
        'x-unit': 'px',
      }),
      fit: Type.Enum(['stretch', 'letterbox'], {
        description: 'Aspect ratio: ignored, or kept with grey bars',
        default: 'stretch',
      }),
      filter: Type.Enum(['auto', 'bilinear', 'bicubic'], {
        description: 'Antialiased resize; auto: the one the weights were trained with',
        default: 'auto',
        'x-thesis': 'bilinear',
      }),
      normalize: Type.Enum(['checkpoint', 'none'], {
        description: 'Input range; none: 0 to 1, as the thesis has it',
        default: 'checkpoint',
        'x-thesis': 'none',
      }),
      padding: Type.Enum(['auto', 'symmetric', 'same'], {
        description: 'Padding of strided convolutions; auto: that of the checkpoint family',
        default: 'auto',
        'x-thesis': 'symmetric',
      }),
      taps: Type.Union(
        [Type.Literal('auto'), Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true })],
        { description: 'Layers whose maps are kept; auto: the network’s own choice', default: 'auto' },
      ),
      weights: Type.Optional(
        Type.String({ description: 'Name or digest prefix, where several registered files fit', minLength: 1 }),
      ),
      family: Type.Optional(
        Type.Enum(['timm', 'timm-tf'], {
          description: 'Who published the weights, where that cannot be told: timm without or with tf_ in the name',
        }),
      ),
      store: Type.Enum(['float16'], { description: 'Element type of the stored maps', default: 'float16' }),
    },
    { additionalProperties: false },
  )

export type ExtractSettings = Static<ReturnType<typeof extractSettings>>
