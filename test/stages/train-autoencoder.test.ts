import { describe, expect, test } from 'vitest'
import { picture } from '../../artifacts/items.ts'
import { checkModel, decodeModel, encodeModel, type ImageModel } from '../../artifacts/model.ts'
import { decodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import { digestBytes } from '../../base/digest.ts'
import { seededRandom } from '../../base/random.ts'
import { renderPart } from '../../imaging/synthetic/render.ts'
import { planParts } from '../../imaging/synthetic/catalogue.ts'
import type { Raster } from '../../imaging/raster.ts'
import { autoencoderLayers } from '../../models/autoencoder.ts'
import { layerBuffers, layerParams } from '../../models/layers.ts'
import { scoreTopK } from '../../stages/score/top-k.ts'
import type { ItemsInput, TaskContext, TaskItem } from '../../stages/stage.ts'
import { trainAutoencoder, trainAutoencoderPlain } from '../../stages/train/autoencoder.ts'
import { withDefaults } from './image-folder.ts'
import { inputsOf, taskContext } from './task-rig.ts'

const SIZE = 32

const PARTS = planParts({
  seed: 'autoencoder',
  size: 48,
  zooms: [0],
  poses: 1,
  train: 7,
  testGood: 1,
  testDefective: 0,
})

/** A port over rendered parts, as many of each split as asked for. */
function images(splits: Partial<Record<TaskItem['split'], number>>): ItemsInput {
  const rasters = new Map<TaskItem, Raster>()
  for (const [split, count] of Object.entries(splits)) {
    for (const { scene } of PARTS.slice(rasters.size, rasters.size + count)) {
      const { image } = renderPart(scene)
      const recipe = picture({ type: 'file', digest: digestBytes(image.data) })
      rasters.set({ digest: recipe.digest, recipe, copy: 0, split: split as TaskItem['split'], columns: {} }, image)
    }
  }
  return portOf(rasters)
}

const portOf = (rasters: ReadonlyMap<TaskItem, Raster>): ItemsInput => ({
  kind: 'images',
  header: undefined,
  items: [...rasters.keys()],
  has: () => true,
  read: () => Promise.reject(new Error('images have no values')),
  render: (item) => Promise.resolve(rasters.get(item)!),
  renderMask: () => Promise.resolve(undefined),
})

interface Trained {
  readonly model: Uint8Array
  readonly log: readonly string[]
  readonly metrics: readonly (readonly [name: string, value: number, epoch: number])[]
}

interface Options {
  readonly kind?: typeof trainAutoencoder | typeof trainAutoencoderPlain
  readonly port?: ItemsInput
  readonly seed?: number
  readonly checkpoint?: TaskContext['checkpoint']
  readonly signal?: AbortSignal
}

async function train(
  settings: Record<string, unknown> = {},
  { kind = trainAutoencoder, port = images({ train: 5 }), seed = 7, checkpoint, signal }: Options = {},
): Promise<Trained> {
  const metrics: [string, number, number][] = []
  const full = withDefaults(kind as never, { size: SIZE, epochs: 2, batch: 2, ...settings })
  const context = taskContext(full, { seed, ...(signal && { signal }) })
  const { model } = await kind.run(inputsOf({ images: port }), {
    ...context,
    metric: (...said: [string, number, number]) => void metrics.push(said),
    ...(checkpoint && { checkpoint }),
  } as never)
  return { model: model!, log: context.logged, metrics }
}

describe('train/autoencoder', () => {
  test('gives a model that says which images it expects, the same bytes for the same seed alone', async () => {
    const [first, again, other] = [await train(), await train(), await train({}, { seed: 8 })]
    expect(digestBytes(again.model)).toBe(digestBytes(first.model))
    expect(digestBytes(other.model)).not.toBe(digestBytes(first.model))
    checkModel(first.model)
    expect(decodeModel(first.model).header).toEqual({
      method: 'autoencoder',
      decoder: 'notebook',
      images: { size: SIZE, fit: 'stretch', filter: 'bilinear' },
    })
    expect(first.log[0]).toBe('5 images of 32 px, 3 steps an epoch')
    expect(first.metrics.map(([name, , epoch]) => [name, epoch])).toEqual([
      ['loss', 1],
      ['loss', 2],
    ])
  })

  test('learns: the loss of the tenth epoch is well below that of the first', async () => {
    const { metrics } = await train({ epochs: 10, decoder: 'script' })
    expect(metrics[9][1]).toBeLessThan(0.8 * metrics[0][1])
  })

  test('killed between two epochs, it goes on to the same bytes', async () => {
    const settings = { epochs: 3, checkpoint: 0, held_out_loss: true, keep: 'best' }
    const port = images({ train: 5, held_out: 2 })
    const undisturbed = await train(settings, { port })
    const stop = new AbortController()
    let state: Uint8Array | undefined
    const write = (bytes: Uint8Array): void => {
      state = bytes
      stop.abort(new Error('killed'))
    }
    const killed = train(settings, { port, signal: stop.signal, checkpoint: { read: () => undefined, write } })
    await expect(killed).rejects.toThrow('killed')
    const resumed = await train(settings, { port, checkpoint: { read: () => state, write: () => {} } })
    expect(resumed.log[1]).toBe('goes on after epoch 1, where an earlier run was interrupted')
    expect(resumed.metrics.map(([, , epoch]) => epoch)).toEqual([2, 2, 3, 3])
    expect(digestBytes(resumed.model)).toBe(digestBytes(undisturbed.model))
  })

  test('ends when the held-out loss has not fallen for as long as the patience', async () => {
    const { log, metrics } = await train(
      { epochs: 6, patience: 1, lr: 1e-6, weight_decay: 0 },
      { port: images({ train: 4, held_out: 3 }), kind: trainAutoencoderPlain },
    )
    const losses = metrics.filter(([name]) => name === 'held_out_loss').map(([, value]) => value)
    const rise = losses.findIndex((loss, i) => i > 0 && loss >= Math.min(...losses.slice(0, i)))
    const ended = rise === -1 ? 6 : rise + 1
    expect(losses).toHaveLength(ended)
    expect(ended).toBeLessThan(6)
    expect(log.at(-1)).toBe(`ended after epoch ${ended}: the held-out loss did not fall for 1`)
  })

  test('reads held-out images only where their loss is asked for', () => {
    const splits = (settings: object) =>
      trainAutoencoder.reads!(withDefaults(trainAutoencoder as never, settings) as never)
    expect(splits({})).toEqual({ splits: ['train'] })
    expect(splits({ patience: 3 })).toEqual({ splits: ['train', 'held_out'] })
    expect(splits({ keep: 'best' })).toEqual({ splits: ['train', 'held_out'] })
  })

  test('says what is missing: training images, or held-out ones that it shall watch', async () => {
    await expect(train({}, { port: images({ held_out: 1 }) })).rejects.toMatchObject({ diagnostic: { code: 'E210' } })
    await expect(train({ patience: 2 })).rejects.toMatchObject({ diagnostic: { code: 'E106' } })
  })
})

describe('score/top-k of an image model', () => {
  /** All filters 0: whatever goes in, sigmoid(0) = 0.5 comes out, so errors are known without the network. */
  const grey: ImageModel = (() => {
    const layers = autoencoderLayers('plain')
    const zeros = Object.entries(layerParams(layers, seededRandom('zeros'))).map(
      ([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }] as const,
    )
    return {
      header: { method: 'autoencoder', decoder: 'plain', images: { size: SIZE, fit: 'stretch', filter: 'bilinear' } },
      tensors: { ...Object.fromEntries(zeros), ...layerBuffers(layers) },
    }
  })()
  const data = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => (i * 7919) % 256)
  const item: TaskItem = (() => {
    const recipe = picture({ type: 'file', digest: digestBytes(data) })
    return { digest: recipe.digest, recipe, copy: 0, split: 'test', columns: {} }
  })()
  const port = portOf(new Map([[item, { width: SIZE, height: SIZE, channels: 3, data }]]))

  async function score(settings: object): Promise<{ header: ScoresHeader; map: Float32Array; score: number }> {
    const full = withDefaults(scoreTopK as never, settings)
    const task = await scoreTopK.open(
      inputsOf({ features: port, model: encodeModel(grey) }),
      taskContext(full) as never,
    )
    const bytes = await task.each(item)
    await task.close()
    return { header: task.header as ScoresHeader, ...decodeScore(bytes, SIZE) }
  }

  /** Mean over the colours, by px. */
  const errors = (of: (difference: number) => number): number[] =>
    Array.from({ length: SIZE * SIZE }, (_, px) =>
      [0, 1, 2].reduce((sum, c) => sum + of(data[3 * px + c] / 255 - 0.5) / 3, 0),
    )
  const squares = errors((d) => d * d)
  const largest = (k: number): number =>
    [...squares]
      .sort((a, b) => b - a)
      .slice(0, k)
      .reduce((sum, x) => sum + x, 0) / k // prettier-ignore

  test('maps squared differences by px and averages the largest of them', async () => {
    const { header, map, score: found } = await score({ top_k: 50 })
    // One float32 rounding of values below 0.25.
    for (const [i, value] of squares.entries()) expect(Math.abs(map[i] - value)).toBeLessThan(1e-7)
    expect(Math.abs(found - largest(50))).toBeLessThan(1e-7)
    expect(header).toEqual({
      grid: SIZE,
      size: SIZE,
      fit: 'stretch',
      cell: 1,
      geometry: 'exact',
      topK: 50,
      border: 0,
      pixelError: 'squared',
      reducer: 'mean of the 50 largest px',
    })
  })

  test('maps absolute differences where pixel metrics shall see them, and scores squared ones', async () => {
    const { map, score: found, header } = await score({ pixel_error: 'absolute', top_k: 50 })
    for (const [i, value] of errors(Math.abs).entries()) expect(Math.abs(map[i] - value)).toBeLessThan(1e-7)
    expect(Math.abs(found - largest(50))).toBeLessThan(1e-7)
    expect(header.pixelError).toBe('absolute')
  })

  test('averages 1500 px where the spec leaves it open', async () => {
    expect((await score({})).header.reducer).toBe('mean of the 1500 largest px')
    expect((await score({ border: { px: 4 } })).header.reducer).toBe('mean of the 1500 largest px inside a border of 4')
  })

  test('refuses features, which the model was not trained on', async () => {
    const full = withDefaults(scoreTopK as never, {})
    const inputs = inputsOf({ features: { ...port, kind: 'features' }, model: encodeModel(grey) })
    await expect(scoreTopK.open(inputs, taskContext(full) as never)).rejects.toMatchObject({
      diagnostic: { code: 'E604', message: 'the model was trained on images, and these are features' },
    })
  })
})
