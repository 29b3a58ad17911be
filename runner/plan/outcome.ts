import type { Item } from '../../artifacts/items.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import type { ItemRecord, StoredObject } from '../../cache/records.ts'
import type { KeyManifest } from '../key.ts'
import type { Port } from '../../stages/stage.ts'
import type { SpecStage } from '../spec/spec.ts'
import type { Table } from './tables.ts'

/** What a stage hands on: the items that flow through it, and its values by content. */
export interface Outcome {
  readonly stage: SpecStage
  readonly table: Table
  /** Key and its pre-image; none for list stages, which are evaluated with every plan. */
  readonly key?: Digest
  readonly manifest?: KeyManifest
  readonly whole: Readonly<Partial<Record<ArtifactKind, StoredObject>>>
  /** Values of a per-item stage by the digest of the item's pixels. */
  readonly values: ReadonlyMap<Digest, StoredObject>
  readonly header?: unknown
  /** Id of a test image that its output rests on, if there is one. */
  readonly testImage?: string
  /** Of an `each` stage: its key without the items, and what it made of each. */
  readonly made?: MadeItems
  /** What making it once took, now saved. */
  readonly costMs: number
  /** The run that computed it; of a per-item stage, the run that computed most of it. */
  readonly run?: string
  /** Said again whenever the result is reused. */
  readonly warnings?: readonly Diagnostic[]
}

export interface MadeItems {
  readonly base: Digest
  /** Digest of what the stage reads of all items. */
  readonly list: Digest
  readonly rows: readonly ResolvedRow[]
}

/** An item of an `each` stage, with what is in the cache of it. */
export interface ResolvedRow {
  readonly item: Item
  readonly key: Digest
  readonly record?: ItemRecord
}

/** Bytes of all values of an outcome. */
export const outcomeBytes = ({ whole, values }: Outcome): number =>
  [...Object.values(whole), ...values.values()].reduce((sum, { bytes }) => sum + bytes, 0)

/** The items as they leave a stage, in the order that computing stages see: by content and copy, never by name. */
export const byContent = (items: readonly Item[]): Item[] =>
  [...items].sort((a, b) =>
    a.image.digest === b.image.digest
      ? a.copy - b.copy || (a.id < b.id ? -1 : 1)
      : a.image.digest < b.image.digest
        ? -1
        : 1,
  )

const sorted = new WeakMap<Table, Map<string, readonly Item[]>>()

/** Items of a table that a port with these splits reads, by content; sorted once for all stages that read them. */
export function itemsOf(table: Table, splits: Port['splits']): readonly Item[] {
  let known = sorted.get(table)
  if (known === undefined) sorted.set(table, (known = new Map<string, readonly Item[]>()))
  const name = splits?.join() ?? ''
  let items = known.get(name)
  if (items === undefined)
    known.set(name, (items = byContent(table.items.filter(({ split }) => splits?.includes(split) ?? true))))
  return items
}

/** Whether a partial outcome holds a value of every item that the port reads and its stage makes. */
export function covers(partial: Outcome, port: Port): boolean {
  if (partial.stage.kind.shape !== 'each') return false
  const made = partial.stage.kind.ports[partial.stage.kind.over].splits
  const read = partial.table.items.filter(
    ({ split }) => (port.splits?.includes(split) ?? true) && (made?.includes(split) ?? true),
  )
  return read.every(({ image }) => partial.values.has(image.digest))
}
