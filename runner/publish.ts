import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeBundle } from '../artifacts/bundle.ts'
import { decodeJson } from '../artifacts/json.ts'
import { decodePictures } from '../artifacts/pictures.ts'
import type { Thresholds, Verdict, VerdictItem } from '../artifacts/verdict.ts'
import { type Digest, digestValue } from '../base/digest.ts'
import { Failure } from '../base/diagnostic.ts'
import { asStorageFailure, type Objects } from '../cache/objects.ts'
import type { Outcome } from './plan/outcome.ts'
import { csvOf } from './scores-csv.ts'

/** What the static page shows; `ui/page.ts` turns it into HTML. */
export interface PageInput {
  readonly name: string
  readonly summary?: string
  readonly variant: string
  readonly verdict: Verdict
  readonly thresholds: Thresholds
  /** Relative file names of an item's pictures, by item id. */
  readonly pictures: ReadonlyMap<string, { readonly heatMap: string; readonly overlay: string; readonly mask: string }>
}

export interface Publication {
  readonly folder: string
  readonly name: string
  readonly summary?: string
  readonly variant: string
  readonly evaluate: Outcome
  readonly pictures: Outcome
  readonly bundle?: Outcome
  readonly objects: Objects
  readonly renderPage: RenderPage
}

/** Turns the page's content into HTML; asynchronous, so that a run with nothing to write loads none of it. */
export type RenderPage = (input: PageInput) => Promise<string>

/** Name of the list of what we wrote, so that a second run finds it unchanged and files of others are never touched. */
const INVENTORY = '.flawline.json'

interface Inventory {
  readonly content: Digest
  readonly files: Readonly<Record<string, { readonly size: number; readonly mtimeMs: number }>>
}

/** Writes what people keep into the spec's `outputs:` folder, each file by rename; nothing where it all lies there untouched. Returns whether it wrote. */
export async function publish(publication: Publication): Promise<boolean> {
  const { folder, evaluate, pictures, bundle, objects } = publication
  const content = digestValue('outputs', [
    publication.name,
    publication.summary ?? null,
    evaluate.whole,
    bundle?.whole ?? null,
    pictures.key ?? null,
  ])
  const before = readInventory(folder)
  if (before?.content === content && isUntouched(folder, before)) return false
  try {
    const files = new Map<string, { size: number; mtimeMs: number }>()
    for await (const [name, bytes] of outputFiles(publication, objects))
      files.set(name, writeByRename(join(folder, name), bytes))
    for (const name of Object.keys(before?.files ?? {}))
      if (!files.has(name)) rmSync(join(folder, name), { force: true })
    writeByRename(join(folder, INVENTORY), Buffer.from(JSON.stringify({ content, files: Object.fromEntries(files) })))
    return true
  } catch (error) {
    const storage = asStorageFailure(error)
    if (storage !== error || error instanceof Failure || !isSystemError(error)) throw storage
    throw new Failure('E403', `cannot write to the outputs folder ${folder}: ${error.code}`, {
      help: ['make it writable, or change outputs: in the spec'],
    })
  }
}

async function* outputFiles(
  { name, summary, variant, evaluate, pictures, bundle, renderPage }: Publication,
  objects: Objects,
): AsyncGenerator<[string, Uint8Array]> {
  const verdict = decodeJson(objects.read(evaluate.whole.verdict!.digest)) as Verdict
  const thresholds = decodeJson(objects.read(evaluate.whole.thresholds!.digest)) as Thresholds
  const named = new Map<string, { heatMap: string; overlay: string; mask: string }>()
  for (const item of verdict.items) {
    const stored = pictures.values.get(item.digest as Digest)
    if (stored === undefined) continue
    const files = pictureNames(item)
    const png = decodePictures(objects.read(stored.digest))
    yield [files.heatMap, png.heatMap]
    yield [files.overlay, png.overlay]
    yield [files.mask, png.mask]
    named.set(item.id, files)
    await new Promise((resolve) => setImmediate(resolve)) // keeps the screen alive
  }
  yield ['scores.csv', Buffer.from(csvOf(verdict))]
  yield ['verdict.json', objects.read(evaluate.whole.verdict!.digest)]
  for (const [file, { digest }] of Object.entries(
    bundle === undefined ? {} : decodeBundle(objects.read(bundle.whole.bundle!.digest)).files,
  )) {
    yield [`bundle/${safeName(file)}`, objects.read(digest)]
  }
  yield [
    'index.html',
    Buffer.from(
      await renderPage({
        name,
        ...(summary !== undefined && { summary }),
        variant,
        verdict,
        thresholds,
        pictures: named,
      }),
    ),
  ]
}

/** `test/nok/a b.png` -> `heatmaps/test/nok/a_b.png`: the id as a path with nothing odd in it, and a digest where that changed it. */
function pictureNames({ id }: VerdictItem): { heatMap: string; overlay: string; mask: string } {
  const stem = id
    .replace(/\.[A-Za-z0-9]+$/, '')
    .split('/')
    .map(safeName)
    .join('/')
  const unique =
    stem === id.replace(/\.[A-Za-z0-9]+$/, '')
      ? stem
      : `${stem}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`
  return { heatMap: `heatmaps/${unique}.png`, overlay: `overlays/${unique}.png`, mask: `masks/${unique}.png` }
}

const safeName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._=,@+-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 120)

function writeByRename(path: string, bytes: Uint8Array): { size: number; mtimeMs: number } {
  mkdirSync(dirname(path), { recursive: true })
  const staged = `${path}.${process.pid}.part`
  try {
    writeFileSync(staged, bytes)
    renameSync(staged, path)
  } catch (error) {
    rmSync(staged, { force: true })
    throw error
  }
  const { size, mtimeMs } = statSync(path)
  return { size, mtimeMs }
}

function readInventory(folder: string): Inventory | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, INVENTORY), 'utf8')) as Inventory
  } catch {
    return undefined // none yet, or damaged: everything is written again
  }
}

function isUntouched(folder: string, { files }: Inventory): boolean {
  return Object.entries(files).every(([name, { size, mtimeMs }]) => {
    const path = join(folder, name)
    if (!existsSync(path)) return false
    const stat = statSync(path)
    return stat.size === size && stat.mtimeMs === mtimeMs
  })
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error
