import { decodeBundle } from '../artifacts/bundle.ts'
import { decodeJson } from '../artifacts/json.ts'
import { readPicture } from '../artifacts/pictures.ts'
import type { Thresholds, Verdict } from '../artifacts/verdict.ts'
import { type Digest, digestValue } from '../base/digest.ts'
import type { Objects } from '../cache/objects.ts'
import type { Waiver } from './events.ts'
import { fileStems, safeName } from './file-names.ts'
import { type OutputFile, writeOutputs } from './outputs-folder.ts'
import type { Outcome } from './plan/outcome.ts'
import { csvOf } from './scores-csv.ts'

/** What the static page shows; `ui/page.ts` turns it into HTML. */
export interface PageInput {
  readonly name: string
  readonly summary?: string
  readonly variant: string
  readonly verdict: Verdict
  readonly thresholds: Thresholds
  /** Outputs of an earlier run that it rests on; empty as a rule. */
  readonly waivers: readonly Waiver[]
  /** Relative file names of an item's pictures, by item id. */
  readonly pictures: ReadonlyMap<string, { readonly heatMap: string; readonly overlay: string; readonly mask: string }>
}

export interface Publication {
  readonly folder: string
  readonly name: string
  readonly summary?: string
  readonly variant: string
  readonly evaluate: Outcome
  readonly waivers: readonly Waiver[]
  readonly pictures: Outcome
  readonly bundle?: Outcome
  readonly objects: Objects
  readonly renderPage: RenderPage
}

/** Turns the page's content into HTML; asynchronous, so that a run with nothing to write loads none of it. */
export type RenderPage = (input: PageInput) => Promise<string>

/** Writes the verdict of one variant into its folder: scores, pictures, bundle and the page that shows them. */
export const publish = (publication: Publication): Promise<void> =>
  writeOutputs(publication.folder, outputFiles(publication))

function* outputFiles({
  name,
  summary,
  variant,
  evaluate,
  waivers,
  pictures,
  bundle,
  objects,
  renderPage,
}: Publication): Generator<OutputFile> {
  const { verdict: decided, thresholds: limits } = evaluate.whole
  const read = (digest: Digest) => () => objects.read(digest)
  const verdict = decodeJson(objects.read(decided!.digest)) as Verdict
  const stems = fileStems(verdict.items.map(({ id }) => id))
  const named = new Map<string, { heatMap: string; overlay: string; mask: string }>()
  for (const { id, digest } of verdict.items) {
    const stored = pictures.values.get(digest as Digest)
    if (stored === undefined) continue
    const stem = stems.get(id)!
    const files = { heatMap: `heatmaps/${stem}.png`, overlay: `overlays/${stem}.png`, mask: `masks/${stem}.png` }
    for (const [picture, file] of Object.entries(files))
      yield { name: file, content: stored.digest, bytes: () => readPicture(objects.read(stored.digest), picture) }
    named.set(id, files)
  }
  yield { name: 'scores.csv', content: decided!.digest, bytes: () => Buffer.from(csvOf(verdict)) }
  yield { name: 'verdict.json', content: decided!.digest, bytes: read(decided!.digest) }
  for (const [file, { digest }] of Object.entries(
    bundle === undefined ? {} : decodeBundle(objects.read(bundle.whole.bundle!.digest)).files,
  ))
    yield { name: `bundle/${safeName(file)}`, content: digest, bytes: read(digest) }
  const page = { name, ...(summary !== undefined && { summary }), variant, waivers }
  yield {
    name: 'index.html',
    content: digestValue('page', [page, decided!.digest, limits!.digest, [...named]]),
    bytes: async () => {
      const thresholds = decodeJson(objects.read(limits!.digest)) as Thresholds
      return Buffer.from(await renderPage({ ...page, verdict, thresholds, pictures: named }))
    },
  }
}
