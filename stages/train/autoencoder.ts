import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { FLOP_PER_MAC_TRAINED, FLOPS } from '../cell-work.ts'
import { type Decoder, imageMacs } from '../image-work.ts'
import { defineRun, type Port, type WorkCost, type WorkSize } from '../stage.ts'
import { watchesHeldOut } from './held-out.ts'
import { checkpoint } from './settings.ts'

const common = {
  size: Type.Integer({
    description: 'Side of the square every image is resized to',
    default: 512,
    minimum: 32,
    maximum: 4096,
    multipleOf: 16,
    'x-unit': 'px',
  }),
  fit: Type.Enum(['stretch', 'letterbox'], {
    description: 'Aspect ratio: ignored, or kept with black bars',
    default: 'stretch',
  }),
  filter: Type.Enum(['bilinear', 'bicubic'], { description: 'Antialiased resize', default: 'bilinear' }),
  loss: Type.Object(
    {
      ssim_window: Type.Enum(['isotropic', 'notebook'], {
        description:
          'Window of the structural similarity: a Gaussian of sigma 1.5 px, or of 0.71 along rows and 1.5 along columns',
        default: 'isotropic',
      }),
    },
    {
      description: '0.15 of the mean squared error and 0.85 of the structural dissimilarity',
      default: {},
      additionalProperties: false,
    },
  ),
  epochs: Type.Integer({
    description: 'Passes over the training images',
    default: 25,
    minimum: 1,
    maximum: 100_000,
    'x-unit': 'epochs',
  }),
  lr: Type.Number({ description: 'Learning rate of AdamW', default: 1e-3, exclusiveMinimum: 0, maximum: 1 }),
  weight_decay: Type.Number({ description: 'Weight decay of AdamW', default: 1e-5, minimum: 0, maximum: 1 }),
  batch: Type.Integer({
    description: 'Images per step; each takes about 0.65 GB at 512 px',
    default: 4,
    minimum: 1,
    maximum: 1024,
    'x-unit': 'images',
    'x-thesis': 16,
  }),
  held_out_loss: Type.Boolean({
    description: 'Measure the loss on held-out images after each epoch; they are part of the key then',
    default: false,
  }),
  patience: Type.Integer({
    description: 'End after this many epochs without a lower held-out loss; 0: never',
    default: 0,
    minimum: 0,
    'x-unit': 'epochs',
  }),
  keep: Type.Enum(['last', 'best'], {
    description:
      'Which weights to give: of the last epoch, or of the one with the least held-out loss; limits then rest on images that took part in that choice',
    default: 'last',
  }),
  checkpoint,
}

const plainSettings = Type.Object(common, { additionalProperties: false })
const settings = Type.Object(
  {
    decoder: Type.Enum(['notebook', 'script'], {
      description: 'Last steps: a fourth attention block and a 3x3 convolution, or a transposed convolution alone',
      default: 'notebook',
    }),
    ...common,
  },
  { additionalProperties: false },
)

export type ImageTrainingSettings = Static<typeof plainSettings>

/** Two and a half million parameters of 4 bytes. */
const MODEL_BYTES = 10e6

const cost = (
  decoder: Decoder,
  { size, epochs }: ImageTrainingSettings,
  { bySplit }: Pick<WorkSize, 'bySplit'>,
): WorkCost => ({
  ms: (1000 * bySplit.train * epochs * FLOP_PER_MAC_TRAINED * imageMacs(decoder, size)) / FLOPS,
  bytes: MODEL_BYTES,
})

const ports = { images: { accepts: ['images'], splits: ['train', 'held_out'] } } as const
const reads = (settings: ImageTrainingSettings): Pick<Port, 'splits'> => ({
  splits: watchesHeldOut(settings) ? ['train', 'held_out'] : ['train'],
})

/** The thesis' baseline: an autoencoder over images, with attention blocks and one skip. */
export const trainAutoencoder = defineRun({
  kind: 'train/autoencoder',
  version: 1,
  summary: 'image autoencoder with attention and one skip: what it fails to draw is an anomaly',
  paper:
    'Bergmann et al. 2019, Improving unsupervised defect segmentation by applying structural similarity to autoencoders; Woo et al. 2018, CBAM',
  settings,
  ports,
  reads,
  gives: ['model'],
  draws: true,
  computes: true,
  cost: (given, size) => cost(given.decoder, given, size),
  run: async (inputs, context) =>
    (await import('./autoencoder-task.ts')).trainImageModel(context.settings.decoder, inputs, context),
})

/** The same without attention and skip, so that everything passes through the bottleneck. */
export const trainAutoencoderPlain = defineRun({
  kind: 'train/autoencoder-plain',
  version: 1,
  summary: 'image autoencoder without attention and skip: everything passes through the bottleneck',
  paper:
    'Bergmann et al. 2019, Improving unsupervised defect segmentation by applying structural similarity to autoencoders',
  settings: plainSettings,
  ports,
  reads,
  gives: ['model'],
  draws: true,
  computes: true,
  cost: (given, size) => cost('plain', given, size),
  run: async (inputs, context) => (await import('./autoencoder-task.ts')).trainImageModel('plain', inputs, context),
})
