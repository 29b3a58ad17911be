import * as tf from '@tensorflow/tfjs-core'
import { decodeBasis } from '../../artifacts/basis.ts'
import { type Cells, decodeCells } from '../../artifacts/cells.ts'
import { encodeModel, type ModelTensor } from '../../artifacts/model.ts'
import { shuffledBatches } from '../../engine/batches.ts'
import { type Arrays, type Batch, fit } from '../../engine/fit.ts'
import { adam } from '../../engine/optimizers.ts'
import { dfrBuffers, dfrForward, dfrLoss, dfrParams, foldDfr } from '../../models/dfr.ts'
import { populationStatistics } from '../../models/population-statistics.ts'
import type { Inputs, RunKind, TaskContext } from '../stage.ts'
import { checkpointsOf } from './checkpoint.ts'
import type { DfrSettings } from './dfr.ts'
import { type CellScaling, latentOf, scalingOf } from './cell-input.ts'

export async function trainDfrModel(
  inputs: Inputs,
  context: TaskContext<DfrSettings>,
): Promise<Awaited<ReturnType<RunKind['run']>>> {
  const { settings, draw, signal, threads, progress, metric, log } = context
  const cells = decodeCells(await inputs.whole('cells').read())
  const basis = inputs.has('basis') ? decodeBasis(await inputs.whole('basis').read()) : undefined
  const { channels, rows } = cells.header
  const latent = latentOf(settings, basis)
  const scaling = scalingOf(basis, channels)
  const size = Math.min(settings.batch, rows)
  const batches = (epoch: number): Batch[] =>
    shuffledBatches(rows, size, draw('epoch', epoch)).map((indices) => ({ x: gather(cells, indices) }))
  const scaledCells = (x: tf.Tensor): tf.Tensor2D => scale(tf.transpose(x), scaling)
  const params = dfrParams(channels, latent, draw('weights'))
  const steps = Math.ceil(rows / size)
  log(`${rows} cells of ${channels} channels, code of ${latent}, ${steps} steps an epoch`)
  const trained = await fit({
    params,
    buffers: dfrBuffers(channels, latent),
    batch: { x: { shape: [size, channels], dtype: 'float16' } },
    loss: (current, { x }, buffers) => dfrLoss(current, buffers, scaledCells(x)),
    optimizer: adam({ lr: settings.lr }),
    epochs: settings.epochs,
    checkpoints: checkpointsOf(context, settings.checkpoint),
    batches,
    session: { threads },
    signal,
    onProgress: ({ epoch, step }) => progress(epoch - 1 + step / steps, settings.epochs, 'epochs'),
    onEpoch: ({ epoch, loss, stepsPerSecond }) => {
      metric('loss', loss, epoch)
      log(`epoch ${epoch}/${settings.epochs}  loss ${loss.toPrecision(4)}  ${stepsPerSecond.toFixed(1)} steps/s`)
    },
  })
  const buffers =
    settings.bn === 'running'
      ? trained.buffers
      : await populationStatistics({
          params: trained.params,
          buffers: trained.buffers,
          batch: { shape: [size, channels], dtype: 'float16' },
          batches: batches(0),
          statistics: (weights, x) => dfrForward(weights, {}, scaledCells(x), 'train').statistics!,
          threads,
          signal,
        })
  return {
    model: encodeModel({
      header: { method: 'dfr', cells: cells.header, latent },
      tensors: { ...scaling, ...floats(foldDfr(trained.params, buffers)) },
    }),
  }
}

function scale(x: tf.Tensor, { mean, inverseScale }: CellScaling): tf.Tensor2D {
  const shape: [number, number] = [mean.data.length, 1]
  return tf.mul(tf.sub(x, tf.tensor2d(mean.data, shape)), tf.tensor2d(inverseScale.data, shape))
}

/** Rows of the sample, float16 bits, rows x channels. */
function gather({ header: { channels }, values }: Cells, indices: readonly number[]): Uint16Array {
  const batch = new Uint16Array(indices.length * channels)
  for (const [row, index] of indices.entries())
    batch.set(values.subarray(index * channels, (index + 1) * channels), row * channels)
  return batch
}

const floats = (arrays: Arrays): Record<string, ModelTensor> =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data }]))
