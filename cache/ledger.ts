import type { IndexDb } from './index-db.ts'
import { recordsOf } from './records-of.ts'
import type { StoredObject } from './records.ts'
import { memberName, membersOf } from './uses.ts'

/** Why an entry may not be evicted. */
export type Hold = 'pinned' | 'in use'

/** A result in the cache: of a whole stage, or of one item of an `each` stage. */
export interface Entry {
  readonly type: 'actions' | 'items'
  readonly key: string
  /** Stage kind; undefined for items of a stage that never ended. */
  readonly kind: string | undefined
  readonly specs: readonly string[]
  /** Specs whose newest run rests on it; others used it before a change. */
  readonly current: readonly string[]
  readonly run: string
  readonly objects: readonly StoredObject[]
  /** What computing it again takes. */
  readonly wallMs: number
  readonly bytes: number
  /** Last use, or when it was made; 0 where neither is known. */
  readonly lastMs: number
  readonly hold: Hold | undefined
  /** Under which its eviction is remembered: the stage key, or the key without items of an `each` stage. */
  readonly memory: string | undefined
}

/** What must stay: stage keys, and keys without items. */
export interface Held {
  readonly pinned: ReadonlySet<string>
  readonly inUse: ReadonlySet<string>
  /** Nothing made since may go: a run is at work. ms since 1970. */
  readonly inUseSinceMs?: number
}

export const NOTHING_HELD: Held = { pinned: new Set(), inUse: new Set() }

/** Uses within this time of a spec's newest one belong to the same run. */
const ONE_RUN_MS = 20 * 60_000

interface Owner {
  kind: string
  specs: readonly string[]
  current: readonly string[]
  lastMs: number
  hold: Hold | undefined
  memory: string
}

/** Every entry of the cache, in one read of the index. */
export function readLedger(index: IndexDb, held: Held): Entry[] {
  const owners = readOwners(index, held)
  const entries: Entry[] = []
  for (const { key, value } of recordsOf(index.actions)) {
    const objects = [...Object.values(value.outputs), ...value.parts]
    const owner = owners.stages.get(key)
    entries.push({
      ...entryOf(owner, { key, run: value.run, madeMs: value.madeMs, held }),
      type: 'actions',
      kind: value.kind,
      objects,
      wallMs: value.cost.wallMs,
      bytes: bytesOf(objects),
      memory: key,
    })
  }
  for (const { key, value } of recordsOf(index.items)) {
    const objects = [{ digest: value.digest, bytes: value.bytes }]
    entries.push({
      ...entryOf(owners.items.get(memberName(key)), { key, run: value.run, madeMs: value.madeMs, held }),
      type: 'items',
      objects,
      wallMs: value.wallMs,
      bytes: value.bytes,
    })
  }
  return entries
}

function entryOf(
  owner: Owner | undefined,
  { key, run, madeMs = 0, held }: { key: string; run: string; madeMs: number | undefined; held: Held },
): Omit<Entry, 'type' | 'objects' | 'wallMs' | 'bytes'> {
  const { kind, specs = [], current = [], lastMs = 0, memory } = owner ?? {}
  const fresh = held.inUseSinceMs !== undefined && Math.max(madeMs, lastMs) >= held.inUseSinceMs
  const hold = owner?.hold ?? (fresh ? 'in use' : undefined)
  return { key, run, kind, specs, current, lastMs: Math.max(lastMs, madeMs), hold, memory }
}

const bytesOf = (objects: readonly StoredObject[]): number => objects.reduce((sum, { bytes }) => sum + bytes, 0)

/** Whose each result is: by stage key, and by item through the lists of members. The newest use counts. */
function readOwners(index: IndexDb, held: Held): { stages: Map<string, Owner>; items: Map<string, Owner> } {
  const stages = new Map<string, Owner>()
  const items = new Map<string, Owner>()
  const uses = [...recordsOf(index.uses)]
  const latest = new Set([...recordsOf(index.lineage)].map(({ value }) => value.key))
  const newest = new Map<string, number>()
  for (const { key, value } of uses)
    if (latest.has(key)) for (const spec of value.specs) newest.set(spec, Math.max(newest.get(spec) ?? 0, value.lastMs))
  for (const { key, value } of uses) {
    const { kind, specs, lastMs, base } = value
    const current = latest.has(key) ? specs : specs.filter((spec) => lastMs > (newest.get(spec) ?? 0) - ONE_RUN_MS)
    const owner = { kind, specs, current, lastMs, hold: holdOf(held, key, base), memory: base ?? key }
    stages.set(key, owner)
    const list = base === undefined ? undefined : index.members.getBinary(key)
    if (list === undefined) continue
    for (const name of membersOf(list)) items.set(name, merged(items.get(name), owner))
  }
  return { stages, items }
}

const holdOf = ({ pinned, inUse }: Held, key: string, base: string | undefined): Hold | undefined =>
  pinned.has(key) ? 'pinned' : inUse.has(key) || (base !== undefined && inUse.has(base)) ? 'in use' : undefined

function merged(one: Owner | undefined, other: Owner): Owner {
  if (one === undefined || one === other) return other
  const all = (a: readonly string[], b: readonly string[]): readonly string[] =>
    b.every((name) => a.includes(name)) ? a : [...new Set([...a, ...b])]
  return {
    ...one,
    specs: all(one.specs, other.specs),
    current: all(one.current, other.current),
    lastMs: Math.max(one.lastMs, other.lastMs),
    hold: one.hold ?? other.hold,
  }
}
