import { readFile } from 'node:fs/promises'
import { decodeBundle } from '../../artifacts/bundle.ts'
import { decodeScore, encodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import { type Picture, picture, type RecipeStep, type Split } from '../../artifacts/items.ts'
import { encodeJson } from '../../artifacts/json.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import type { Thresholds } from '../../artifacts/verdict.ts'
import { type Digest, digestBytes } from '../../base/digest.ts'
import { seededRandom } from '../../base/random.ts'
import { applyOperations, type Operation } from '../../imaging/operations.ts'
import type { Raster } from '../../imaging/raster.ts'
import { extractMobileNetV2 } from '../../stages/extract/mobilenet-v2.ts'
import { exportOnnx } from '../../stages/export/onnx.ts'
import { pcaStreaming } from '../../stages/pca/streaming.ts'
import { sampleCells } from '../../stages/sample/cells.ts'
import { scoreTopK } from '../../stages/score/top-k.ts'
import type { EachKind, Inputs, ItemsInput, RunKind, TaskContext, TaskItem } from '../../stages/stage.ts'
import { trainDfr } from '../../stages/train/dfr.ts'
import { trainPca } from '../../stages/train/pca.ts'
import { withDefaults } from './image-folder.ts'

export interface TestImage {
  readonly raster: Raster
  readonly split: Split
}

/** Smooth texture with grain, and a dark scratch where `defect`: enough for features to tell them apart. */
export function testImage(seed: number, width: number, height: number, defect = false): Raster {
  const random = seededRandom('export', seed)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const wave = 40 * Math.sin((9 * x) / width + seed) * Math.cos((7 * y) / height)
      const dark = defect && Math.abs(y - 0.7 * x) < 4 && x > width / 4 && x < width / 2 ? 90 : 0
      for (let c = 0; c < 3; c++)
        data[(y * width + x) * 3 + c] = Math.max(0, 150 + wave - dark + 10 * c + random.below(12))
    }
  return { width, height, channels: 3, data }
}

/** Training images, held-out and test images of several sizes, odd ones among them. */
export function testImages(): TestImage[] {
  const sizes = [
    [127, 128],
    [200, 120],
    [128, 128],
    [97, 301],
  ] as const
  const of = (split: Split, first: number, defect = false): TestImage[] =>
    sizes.map(([width, height], i) => ({ split, raster: testImage(first + i, width, height, defect) }))
  return [...of('train', 1), ...of('held_out', 11), ...of('test', 21), ...of('test', 31, true)]
}

/** The stages from features to scores, run for real on images in memory. */
export interface Scored {
  readonly model: Uint8Array
  readonly header: ScoresHeader
  readonly items: readonly TaskItem[]
  readonly values: ReadonlyMap<TaskItem, Uint8Array>
  readonly scoreOf: (item: TaskItem) => number
  readonly thresholds: Thresholds
  readonly render: (item: TaskItem) => Promise<Raster>
}

export interface ScoredOptions {
  readonly images?: readonly TestImage[]
  readonly extract?: Record<string, unknown>
  readonly score?: Record<string, unknown>
  /** Trains the autoencoder with these settings instead of the closed form. */
  readonly dfr?: Record<string, unknown>
  readonly operations?: (split: Split, index: number) => readonly RecipeStep[]
}

export async function scoreImages({
  images = testImages(),
  extract = {},
  score = {},
  dfr,
  operations = () => [],
}: ScoredOptions = {}): Promise<Scored> {
  const rasters = new Map<Digest, Raster>()
  const all = images.map(({ raster, split }, i): TaskItem => {
    const source = { type: 'file', digest: digestBytes(raster.data) } as const
    rasters.set(source.digest, raster)
    const recipe = picture(source, operations(split, i))
    return { digest: recipe.digest, recipe, copy: 0, split, columns: {} }
  })
  const render = (item: TaskItem): Promise<Raster> => Promise.resolve(rendered(item.recipe, rasters))
  const port = (kind: ArtifactKind, items: readonly TaskItem[], made?: Made): ItemsInput => ({
    kind,
    items,
    header: made?.header,
    has: (item) => made?.values.has(item) ?? true,
    read: (item) => Promise.resolve(made!.values.get(item)!),
    render,
    renderMask: () => Promise.resolve(undefined),
  })
  const training = all.filter(({ split }) => split === 'train')
  const judged = all.filter(({ split }) => split !== 'train')

  const features = await each(extractMobileNetV2, { images: port('images', all) }, { size: 128, ...extract })
  const cells = await whole(sampleCells, { features: port('features', training, features) }, { grid: 8, per_image: 40 })
  const basis = await whole(pcaStreaming, { cells: cells.cells! }, { variance: 0.9 })
  const trained = { cells: cells.cells!, basis: basis.basis! }
  const { model } = dfr ? await whole(trainDfr, trained, dfr) : await whole(trainPca, { basis: trained.basis }, {})
  const scores = await each(
    scoreTopK,
    { features: port('features', judged, features), model: model! },
    { top_k: 5, ...score },
  )
  const header = scores.header as ScoresHeader
  const scoreOf = (item: TaskItem): number => decodeScore(scores.values.get(item)!, header.grid).score
  const heldOut = judged.filter(({ split }) => split === 'held_out').map(scoreOf)
  return {
    model: model!,
    header,
    items: judged,
    values: scores.values,
    scoreOf,
    thresholds: thresholdsFrom(heldOut),
    render,
  }
}

interface Made {
  readonly header: unknown
  readonly values: ReadonlyMap<TaskItem, Uint8Array>
}

function rendered({ source, operations }: Picture, rasters: ReadonlyMap<Digest, Raster>): Raster {
  const raster = rasters.get((source as { digest: Digest }).digest)!
  return applyOperations(raster, operations as readonly Operation[])
}

type Bound = Readonly<Record<string, ItemsInput | Uint8Array>>

async function each(kind: unknown, bound: Bound, settings: object): Promise<Made> {
  const { over, open, ...rest } = kind as EachKind
  const task = await open(inputsOf(bound), contextOf(withDefaults(rest, settings)) as never)
  const values = new Map<TaskItem, Uint8Array>()
  for (const item of (bound[over] as ItemsInput).items) values.set(item, await task.each(item))
  await task.close()
  return { header: task.header, values }
}

type Outputs = Awaited<ReturnType<RunKind['run']>>

function whole(kind: unknown, bound: Bound, settings: object): Promise<Outputs> {
  const { run, ...rest } = kind as RunKind
  return run(inputsOf(bound), contextOf(withDefaults(rest, settings)) as never)
}

function inputsOf(bound: Bound): Inputs {
  return {
    bound: () => [],
    projectFiles: [],
    has: (port) => port in bound,
    items: (port) => bound[port] as ItemsInput,
    whole: (port) => {
      const bytes = bound[port] as Uint8Array
      return { kind: port as ArtifactKind, digest: digestBytes(bytes), read: () => Promise.resolve(bytes) }
    },
  }
}

function contextOf(settings: unknown, more: Partial<TaskContext> = {}): TaskContext {
  const { locate, digest } = extractMobileNetV2.weights!.embedded!
  return {
    settings,
    signal: new AbortController().signal,
    engine: 'onnx-cpu',
    seed: 7,
    variables: {},
    threads: 2,
    devices: [],
    memBytes: undefined,
    used: () => {},
    draw: (...parts) => seededRandom('export', ...parts),
    progress: () => {},
    metric: () => {},
    log: () => {},
    warn: () => {},
    weights: async (wanted) => {
      if (wanted !== undefined && wanted !== digest) throw new Error(`no weights ${wanted} here`)
      return { bytes: await readFile(locate()), digest, network: 'mobilenet-v2' }
    },
    disk: undefined as never,
    checkpoint: { read: () => undefined, write: () => {} },
    putBlob: () => Promise.reject(new Error('this stage keeps no blobs')),
    ...more,
  }
}

function thresholdsFrom(heldOut: readonly number[]): Thresholds {
  const sorted = [...heldOut].sort((a, b) => a - b)
  return {
    version: 1,
    protocol: 'standard',
    image: { close: sorted[2], nok: sorted[3] },
    pixel: sorted[3],
    imageOrigin: 'the two highest held-out scores',
    pixelOrigin: 'the highest held-out score',
    units: 'images',
    heldOut: sorted.length,
    bound: 1 / (sorted.length + 1),
    heldOutScores: sorted,
    scale: { low: 0, calm: 1, high: 2 },
  }
}

/** The same scores, one of them altered. */
export const withScore = (scored: Scored, item: TaskItem, score: number): Scored => {
  const { map } = decodeScore(scored.values.get(item)!, scored.header.grid)
  const values = new Map(scored.values).set(item, encodeScore({ score, map }, scored.header.grid))
  return { ...scored, values }
}

export interface Exported {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly log: readonly string[]
  readonly progress: readonly string[]
  text(name: string): string
}

/** Runs export/onnx on scored images. */
export async function exportScored(scored: Scored, signal?: AbortSignal): Promise<Exported> {
  const blobs = new Map<string, Uint8Array>()
  const log: string[] = []
  const progress: string[] = []
  const { items, header, values, render, model, thresholds } = scored
  const scores: ItemsInput = {
    kind: 'scores',
    items,
    header,
    has: (item) => values.has(item),
    read: (item) => Promise.resolve(values.get(item)!),
    render,
    renderMask: () => Promise.resolve(undefined),
  }
  const context = contextOf(
    {},
    {
      log: (text) => void log.push(text),
      progress: (done, total, unit) => void progress.push(`${done}/${total} ${unit}`),
      checkpoint: { read: () => undefined, write: () => {} },
      putBlob: (bytes) => {
        const digest = digestBytes(bytes)
        blobs.set(digest, bytes)
        return Promise.resolve(digest)
      },
      ...(signal && { signal }),
    },
  )
  const outputs = await exportOnnx.run(
    inputsOf({ model, scores, thresholds: encodeJson(thresholds) }),
    context as never,
  )
  const files = new Map(
    Object.entries(decodeBundle(outputs.bundle!).files).map(([name, { digest }]) => [name, blobs.get(digest)!]),
  )
  return { files, log, progress, text: (name) => new TextDecoder().decode(files.get(name)) }
}
