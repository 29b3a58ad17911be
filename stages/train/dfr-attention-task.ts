import * as tf from '@tensorflow/tfjs-core'
import { decodeBasis } from '../../artifacts/basis.ts'
import { type Cells, decodeCells } from '../../artifacts/cells.ts'
import { encodeModel } from '../../artifacts/model.ts'
import { Failure } from '../../base/diagnostic.ts'
import { plural } from '../../base/format.ts'
import { shuffledBatches } from '../../engine/batches.ts'
import { type Batch, fit } from '../../engine/fit.ts'
import { adam } from '../../engine/optimizers.ts'
import { dfrAttentionForward, dfrAttentionLayers, dfrAttentionLoss } from '../../models/dfr-attention.ts'
import { layerBuffers, layerParams } from '../../models/layers.ts'
import { populationStatistics } from '../../models/population-statistics.ts'
import type { Inputs, RunKind, TaskContext } from '../stage.ts'
import { type CellScaling, latentOf, scalingOf } from './cell-input.ts'
import { checkpointsOf } from './checkpoint.ts'
import type { DfrAttentionSettings } from './dfr-attention.ts'

/** Trains on the whole maps of images, drawn in an order that the seed alone decides. */
export async function trainDfrAttentionModel(
  inputs: Inputs,
  context: TaskContext<DfrAttentionSettings>,
): Promise<Awaited<ReturnType<RunKind['run']>>> {
  const { settings, draw, signal, threads, progress, metric, log } = context
  const { epochs } = settings
  const cells = decodeCells(await inputs.whole('cells').read())
  const basis = inputs.has('basis') ? decodeBasis(await inputs.whole('basis').read()) : undefined
  const { channels, grid, images } = expectWholeMaps(cells).header
  const latent = latentOf(settings, basis)
  const scaling = scalingOf(basis, channels)
  const size = Math.min(settings.batch, images)
  const steps = Math.ceil(images / size)
  const layers = dfrAttentionLayers(channels, latent)
  const spec = { shape: [size, grid, grid, channels], dtype: 'float16' } as const
  const batches = (epoch: number): Batch[] =>
    shuffledBatches(images, size, draw('epoch', epoch)).map((chosen) => ({ x: mapsOf(cells, chosen) }))
  const scaled = (x: tf.Tensor): tf.Tensor4D => scale(x, scaling)
  log(`${plural(images, 'map')} of ${grid} x ${grid} cells, code of ${latent}, ${plural(steps, 'step')} an epoch`)
  const trained = await fit({
    params: layerParams(layers, draw('weights')),
    buffers: layerBuffers(layers),
    batch: { x: spec },
    loss: (params, { x }, buffers) => dfrAttentionLoss(params, buffers, scaled(x)),
    optimizer: adam({ lr: settings.lr }),
    epochs,
    checkpoints: checkpointsOf(context, settings.checkpoint),
    batches,
    session: { threads },
    signal,
    onProgress: ({ epoch, step }) => progress(epoch - 1 + step / steps, epochs, 'epochs'),
    onEpoch: ({ epoch, loss, stepsPerSecond }) => {
      metric('loss', loss, epoch)
      log(`epoch ${epoch}/${epochs}  loss ${loss.toPrecision(4)}  ${stepsPerSecond.toFixed(2)} steps/s`)
    },
  })
  const statistics =
    settings.bn === 'running'
      ? trained.buffers
      : await populationStatistics({
          params: trained.params,
          buffers: trained.buffers,
          batch: spec,
          batches: batches(0),
          statistics: (params, x) => dfrAttentionForward('train', { params, buffers: {}, x: scaled(x) }).statistics,
          threads,
          signal,
        })
  return {
    model: encodeModel({
      header: { method: 'dfr-attention', cells: cells.header, latent },
      tensors: { ...scaling, ...trained.params, ...statistics },
    }),
  }
}

/** Attention weighs a cell by its neighbours: a sample of cells has none. E106 unless all cells of each image are there. */
function expectWholeMaps(cells: Cells): Cells {
  const { rows, images, grid } = cells.header
  if (rows === images * grid * grid) return cells
  throw new Failure(
    'E106',
    `train/dfr-attention sees whole maps, and the sample holds ${rows / images} of ${grid * grid} cells of each image`,
    { help: ['write per_image: all in the sample, or train by train/dfr, which looks at single cells'] },
  )
}

/** Maps of the chosen images, float16 bits, [images, grid, grid, channels]. */
function mapsOf({ header: { channels, grid }, values }: Cells, chosen: readonly number[]): Uint16Array {
  const length = grid * grid * channels
  const batch = new Uint16Array(chosen.length * length)
  for (const [i, image] of chosen.entries())
    batch.set(values.subarray(image * length, (image + 1) * length), i * length)
  return batch
}

function scale(x: tf.Tensor, { mean, inverseScale }: CellScaling): tf.Tensor4D {
  const byChannel = ({ data }: CellScaling['mean']): tf.Tensor4D => tf.tensor4d(data, [1, 1, 1, data.length])
  return tf.mul(tf.sub(x, byChannel(mean)), byChannel(inverseScale))
}
