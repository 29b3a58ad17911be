import type * as tf from '@tensorflow/tfjs-core'
import { encodeModel, type WorkingImages } from '../../artifacts/model.ts'
import { Failure } from '../../base/diagnostic.ts'
import { plural } from '../../base/format.ts'
import { shuffledBatches } from '../../engine/batches.ts'
import { type Batch, fit, type FitOptions } from '../../engine/fit.ts'
import { adam, type Tensors } from '../../engine/optimizers.ts'
import type { TensorSpec } from '../../engine/trace.ts'
import {
  autoencoderForward,
  autoencoderLayers,
  type Decoder,
  drawMask,
  dropoutMasks,
} from '../../models/autoencoder.ts'
import { unitLevels } from '../../models/image-detector.ts'
import { layerBuffers, layerParams } from '../../models/layers.ts'
import { reconstructionLoss } from '../../models/ssim.ts'
import type { Inputs, RunKind, TaskContext } from '../stage.ts'
import type { ImageTrainingSettings } from './autoencoder.ts'
import { checkpointsOf } from './checkpoint.ts'
import { watchesHeldOut } from './held-out.ts'
import { ImageSet } from './image-set.ts'

/** Trains on images as they are rendered, in an order that the seed alone decides. */
export async function trainImageModel(
  decoder: Decoder,
  inputs: Inputs,
  context: TaskContext<ImageTrainingSettings>,
): Promise<Awaited<ReturnType<RunKind['run']>>> {
  const { settings, draw, signal, threads, progress, metric, log } = context
  const { size, fit: placed, filter, loss: weighting, epochs } = settings
  const working: WorkingImages = { size, fit: placed, filter }
  const port = inputs.items('images')
  const training = port.items.filter(({ split }) => split === 'train')
  const heldOut = watchesHeldOut(settings) ? port.items.filter(({ split }) => split === 'held_out') : []
  if (training.length === 0)
    throw new Failure('E210', 'no training image reaches the training', {
      help: ['check the split: held_out may have taken all of them'],
    })
  if (heldOut.length === 0 && watchesHeldOut(settings))
    throw new Failure('E106', 'the held-out loss is asked for, and no image is held out', {
      help: ['hold some out in the split, or leave out held_out_loss, patience and keep'],
    })
  const images = new ImageSet(port, working)
  const count = Math.min(settings.batch, training.length)
  const steps = Math.ceil(training.length / count)
  const masks = Object.entries(dropoutMasks(decoder))
  const layers = autoencoderLayers(decoder)
  log(`${plural(training.length, 'image')} of ${size} px, ${plural(steps, 'step')} an epoch`)

  async function* batches(epoch: number): AsyncGenerator<Batch> {
    const order = shuffledBatches(training.length, count, draw('epoch', epoch))
    const dropout = draw('dropout', epoch)
    for (const indices of order) {
      const drawn = masks.map(([name, channels]) => [name, drawMask(count * channels, () => dropout.next())] as const)
      yield { x: await images.batch(indices.map((i) => training[i])), ...Object.fromEntries(drawn) }
    }
  }
  /** A last batch that is not full is filled up with the first images. */
  async function* heldOutBatches(): AsyncGenerator<Batch> {
    const none = masks.map(([name, channels]) => [name, new Float32Array(count * channels)] as const)
    for (let first = 0; first < heldOut.length; first += count) {
      const items = Array.from({ length: count }, (_, i) => heldOut[(first + i) % heldOut.length])
      yield { x: await images.batch(items), ...Object.fromEntries(none) }
    }
  }
  const lossOf = (y: tf.Tensor4D, x: tf.Tensor4D): tf.Scalar => reconstructionLoss(x, y, weighting.ssim_window)
  const options: FitOptions = {
    params: layerParams(layers, draw('weights')),
    buffers: layerBuffers(layers),
    batch: {
      x: { shape: [count, size, size, 3], dtype: 'uint8' },
      ...Object.fromEntries(masks.map(([name, channels]) => [name, floats([count, 1, 1, channels])])),
    },
    loss: (params, { x: levels, ...drops }, buffers) => {
      const x = unitLevels(levels)
      const out = autoencoderForward(decoder, 'train', { params, buffers, x, masks: drops })
      return { loss: lossOf(out.y, x), buffers: out.buffers }
    },
    optimizer: adam({ lr: settings.lr, weightDecay: settings.weight_decay }),
    epochs,
    batches,
    ...(heldOut.length > 0 && {
      heldOut: {
        loss: (params: Tensors, { x: levels }: Tensors, buffers: Tensors) => {
          const x = unitLevels(levels)
          return lossOf(autoencoderForward(decoder, 'infer', { params, buffers, x }).y, x)
        },
        batches: heldOutBatches,
        keep: settings.keep,
        ...(settings.patience > 0 && { patience: settings.patience }),
      },
    }),
    checkpoints: checkpointsOf(context, settings.checkpoint),
    session: { threads },
    signal,
    onProgress: ({ epoch, step }) => progress(epoch - 1 + step / steps, epochs, 'epochs'),
    onEpoch: ({ epoch, loss, heldOutLoss, stepsPerSecond }) => {
      metric('loss', loss, epoch)
      if (heldOutLoss !== undefined) metric('held_out_loss', heldOutLoss, epoch)
      const beside = heldOutLoss === undefined ? '' : `  held-out ${heldOutLoss.toPrecision(4)}`
      log(`epoch ${epoch}/${epochs}  loss ${loss.toPrecision(4)}${beside}  ${stepsPerSecond.toFixed(2)} steps/s`)
    },
  }
  const trained = await fit(options)
  if (trained.history.length < epochs)
    log(`ended after epoch ${trained.history.length}: the held-out loss did not fall for ${settings.patience}`)
  return {
    model: encodeModel({
      header: { method: 'autoencoder', decoder, images: working },
      tensors: { ...trained.params, ...trained.buffers },
    }),
  }
}

const floats = (shape: readonly number[]): TensorSpec => ({ shape, dtype: 'float32' })
