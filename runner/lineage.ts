import { relative } from 'node:path'
import type { Diagnostic } from '../base/diagnostic.ts'
import { digestValue } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import type { Cache } from '../cache/cache.ts'
import type { LineageRecord } from '../cache/records.ts'
import type { StageKind } from '../stages/stage.ts'
import { FOUND, foundList, itemLists, packLists } from './item-list.ts'
import { ownManifest } from './own-manifest.ts'
import type { Outcome } from './plan/outcome.ts'
import { imagesBehind, packImages } from './plan/images-behind.ts'
import { packItems } from './plan/item-table.ts'
import type { Prepared } from './plan/prepare.ts'
import type { Table } from './plan/tables.ts'

/** A spec's identity for its history: where it lies in the project, so a moved or copied project keeps it. */
export const lineageOf = (specPath: string, root: string): string => relative(root, specPath)

/** What each stage of a spec was in its last successful run; of a stage, as it stood when first asked for. */
export class Lineage {
  readonly spec: string
  readonly #cache: Cache
  readonly #names = new Map<string, string>()
  readonly #last = new Map<string, LineageRecord | undefined>()

  /** `spec` as `lineageOf` names it. */
  constructor(spec: string, cache: Cache) {
    this.spec = spec
    this.#cache = cache
  }

  /** Under which the index knows a stage. */
  name(address: string): string {
    let name = this.#names.get(address)
    if (name === undefined) this.#names.set(address, (name = digestValue('lineage', [this.spec, address])))
    return name
  }

  last(address: string): LineageRecord | undefined {
    if (!this.#last.has(address)) this.#last.set(address, this.#cache.index.lineage.get(this.name(address)))
    return this.#last.get(address)
  }
}

/** Digest of an items table as people see it, ids included. */
export const listDigest = ({ items }: Table): string =>
  digestValue(
    'list',
    items.map(({ id, copy, image, mask, split, label, defect, part, view }) => [
      id,
      copy,
      image.digest,
      mask?.digest ?? null,
      split,
      label,
      defect ?? null,
      part ?? null,
      view ?? null,
    ]),
  )

/** Remembers what each stage was in a successful run, those aside that it must not know of: the ground of `fresh`, `cut-off`, of reasons and of `--accept`. */
export async function writeLineage(
  prepared: Prepared,
  run: string,
  outcomes: readonly Outcome[],
  unrecorded: ReadonlySet<string>,
): Promise<void> {
  const { cache, lineage, projectFiles } = prepared
  const byAddress = new Map(outcomes.map((outcome) => [outcome.stage.address, outcome]))
  const behind = imagesBehind(byAddress)
  faultPoint('lineage-write')
  await cache.commit(() => {
    for (const outcome of outcomes) {
      if (unrecorded.has(outcome.stage.address)) continue
      const name = lineage.name(outcome.stage.address)
      const key = outcome.key ?? listDigest(outcome.table)
      if (cache.index.lineage.get(name)?.key === key) continue
      void cache.index.lineage.put(name, {
        key,
        run,
        manifest: outcome.manifest ?? ownManifest(outcome.stage, prepared),
      })
      if (outcome.stage.kind.shape === 'source')
        void cache.index.lists.put(name, packLists({ [FOUND]: foundList(outcome.table.items) }))
      else if (outcome.key !== undefined)
        void cache.index.lists.put(
          name,
          packLists(itemLists(outcome.stage, byAddress, projectFiles.get(outcome.stage.address))),
        )
      const images = isAccepted(outcome.stage.kind) ? behind(outcome.stage.address) : NO_IMAGES
      if (images.size > 0) void cache.index.imagesBehind.put(name, packImages(images))
      else if (cache.index.imagesBehind.doesExist(name)) void cache.index.imagesBehind.remove(name)
      const items = outcome.made && packItems(outcome.made, cache.objects.segments)
      if (items !== undefined) void cache.index.itemTables.put(name, items)
    }
  })
}

const NO_IMAGES: ReadonlySet<string> = new Set()

/** Whether `--accept` may take a stage's output. */
const isAccepted = ({ shape, gives }: StageKind): boolean =>
  (shape === 'run' || shape === 'each') && !gives.includes('verdict')

/** Remembers how stages failed, and forgets it of those that did not. */
export async function writeFailures(
  cache: Cache,
  lineage: Lineage,
  run: string,
  ended: ReadonlyMap<string, { readonly outcome?: Outcome; readonly diagnostic?: Diagnostic }>,
): Promise<void> {
  const { failures } = cache.index
  const due = [...ended].flatMap(([address, { outcome, diagnostic }]) => {
    const name = lineage.name(address)
    if (diagnostic !== undefined) return [() => void failures.put(name, { run, code: diagnostic.code })]
    return outcome !== undefined && failures.doesExist(name) ? [() => void failures.remove(name)] : []
  })
  if (due.length > 0) await cache.commit(() => due.forEach((write) => write()))
}
