import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import type { MetricName } from '../../artifacts/verdict.ts'

const rate = (description: string, byDefault: number) =>
  Type.Number({ description, default: byDefault, exclusiveMinimum: 0, exclusiveMaximum: 1 })

/** Lowest value of one metric that a gate accepts. */
const limit = Type.Optional(Type.Number({ minimum: 0, maximum: 1 }))

const GATES = {
  image_auroc: limit,
  image_ap: limit,
  image_f1: limit,
  image_f1_max: limit,
  image_accuracy: limit,
  image_precision: limit,
  image_recall: limit,
  pixel_auroc: limit,
  pixel_auroc_nok: limit,
  pixel_ap: limit,
  pixel_aupro: limit,
  pixel_aupimo: limit,
  pixel_f1: limit,
  pixel_f1_max: limit,
} satisfies Record<MetricName, typeof limit>

/** Every metric of a verdict, in the order of reports. */
export const METRIC_NAMES = Object.keys(GATES) as readonly MetricName[]

export const evaluateSettings = Type.Object(
  {
    protocol: Type.Enum(['standard', 'thesis'], {
      description: 'Whose figures come first; the other protocol’s stand beside them, from the same maps',
      default: 'standard',
      'x-thesis': 'thesis',
    }),
    image_fpr: Type.Object(
      {
        close: rate('Share of good parts that may be called CLOSE or NOK', 0.05),
        nok: rate('Share of good parts that may be called NOK; needs 1 / rate - 1 held-out parts or images', 0.01),
      },
      { description: 'False-reject rates behind the two limits, set on held-out images', default: {} },
    ),
    pixel_fpr: rate('Share of the px of held-out images that may lie above the pixel threshold', 0.005),
    limits: Type.Optional(
      Type.Object(
        { close: Type.Number(), nok: Type.Number() },
        { description: 'Literal limits of the image score instead: OK up to close, CLOSE up to nok, NOK above' },
      ),
    ),
    threshold_from: Type.Enum(['held_out', 'test_f1'], {
      description: 'Where limits come from; test_f1: the best F1 on the test images, an oracle that has seen them',
      default: 'held_out',
      'x-thesis': 'test_f1',
    }),
    pixel_images: Type.Enum(['all', 'nok'], {
      description: 'Test images whose px count: all, good ones with empty masks, or the defective ones alone',
      default: 'all',
      'x-thesis': 'nok',
    }),
    pixel_sample: Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('all')], {
      description: 'How many of those images, drawn by the seed, or all',
      default: 'all',
      'x-thesis': 250,
    }),
    pixel_size: Type.Union([Type.Literal('mask'), Type.Integer({ minimum: 16, maximum: 4096 })], {
      description:
        'Size at which px are counted: that of each mask, or a square into which maps and masks are stretched',
      default: 'mask',
      'x-thesis': 512,
      'x-unit': 'px',
    }),
    pixel_crop: Type.Integer({
      description: 'Border left out of pixel metrics on each side',
      default: 0,
      minimum: 0,
      maximum: 512,
      'x-thesis': 20,
      'x-unit': 'px',
    }),
    minmax_per_image: Type.Boolean({
      description: 'Scale every map to its own 0 to 1 before px are pooled: scores of images cannot be compared then',
      default: false,
      'x-thesis': true,
    }),
    resamples: Type.Integer({
      description: 'Bootstrap resamples behind the 95 % intervals; 0: no intervals',
      default: 1000,
      minimum: 0,
      maximum: 100_000,
    }),
    fail_under: Type.Optional(
      Type.Object(GATES, {
        description: `Gates: the run ends with exit code 3 where a metric is lower. Metrics: ${METRIC_NAMES.join(', ')}`,
        'x-inert': true,
      }),
    ),
    fail_under_best: Type.Boolean({
      description: 'In a sweep: one variant that meets the gates is enough',
      default: false,
      'x-inert': true,
    }),
  },
  { additionalProperties: false },
)

export type EvaluateSettings = Static<typeof evaluateSettings>
