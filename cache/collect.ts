import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import type { Cache } from './cache.ts'
import { type Choice, chooseEvictions, type Limits } from './choose.ts'
import { compactSegments } from './compact.ts'
import { type Entry, type Held, readLedger } from './ledger.ts'
import { recordsOf } from './records-of.ts'
import { sweepOrphans } from './sweep.ts'
import { membersOf } from './uses.ts'

/** Records removed in one transaction. */
const BATCH = 1000

/** An eviction is remembered this long, for `why`. */
const MEMORY_MS = 180 * 24 * 3600_000

export interface CollectOptions extends Limits {
  readonly held: Held
  /** No other process is at work in the cache: what no record names is nobody's, and segments may be rewritten. */
  readonly alone: boolean
}

export interface Collected extends Choice {
  /** Bytes without a record, removed. */
  readonly orphanBytes: number
}

/** What `collect` would evict, without doing it. */
export const previewCollect = (cache: Cache, { held, ...limits }: CollectOptions): Choice =>
  chooseEvictions(readLedger(cache.index, held), limits)

/**
 * Brings the cache within its limits. Records go first and bytes after them, so a process killed in between leaves bytes
 * without a record, which the next collection sweeps.
 */
export async function collect(cache: Cache, options: CollectOptions): Promise<Collected> {
  const entries = readLedger(cache.index, options.held)
  const choice = chooseEvictions(entries, options)
  const gone = new Set(choice.evicted)
  const kept = entries.filter((entry) => !gone.has(entry))
  const needed = new Set(kept.flatMap(({ objects }) => objects.map(({ digest }) => digest)))
  for (let at = 0; at < choice.evicted.length; at += BATCH)
    await evict(cache, choice.evicted.slice(at, at + BATCH), needed, options.nowMs)
  await tidy(cache, kept, options)
  const orphanBytes = options.alone ? await sweepOrphans(cache, needed) : 0
  if (options.alone) await compactSegments(cache.objects.segments)
  removeSetAside(cache.folder)
  return { ...choice, orphanBytes }
}

async function evict(
  cache: Cache,
  entries: readonly Entry[],
  needed: ReadonlySet<Digest>,
  nowMs: number,
): Promise<void> {
  const { index, objects } = cache
  const unneeded = entries
    .flatMap((entry) => entry.objects.map(({ digest }) => digest))
    .filter((digest) => !needed.has(digest))
  faultPoint('evict')
  await index.root.transaction(() => {
    for (const { type, key, memory } of entries) {
      void index[type].remove(key)
      if (memory !== undefined) void index.evicted.put(memory, nowMs)
    }
    for (const digest of unneeded) void index.small.remove(digest)
  })
  faultPoint('evict-bytes')
  await objects.remove(unneeded)
}

/** Forgets uses and logs of results that are gone, lists of members that newer ones contain, and evictions long past. */
async function tidy({ index }: Cache, kept: readonly Entry[], { held, nowMs }: CollectOptions): Promise<void> {
  const left = new Set(kept.map(({ type, key }) => (type === 'actions' ? key : key.slice(0, 16))))
  const latest = new Set([...recordsOf(index.lineage)].map(({ value }) => value.key))
  const told = new Set<string>()
  const done: string[] = []
  const uses = [...recordsOf(index.uses)].sort((a, b) => b.value.lastMs - a.value.lastMs)
  for (const { key, value } of uses) {
    if (value.base === undefined) {
      if (!left.has(key)) done.push(key)
      continue
    }
    const list = index.members.getBinary(key)
    const members = list === undefined ? [] : [...membersOf(list)].filter((name) => left.has(name))
    const adds = members.some((name) => !told.has(name))
    for (const name of members) told.add(name)
    if (members.length === 0 || !(adds || latest.has(key) || held.pinned.has(key) || held.inUse.has(key)))
      done.push(key)
  }
  const past = [...recordsOf(index.evicted)].filter(({ value }) => nowMs - value > MEMORY_MS)
  const forgotten = new Set(done)
  const bases = new Set(uses.flatMap(({ key, value }) => (forgotten.has(key) ? [] : (value.base ?? []))))
  const logs = [...index.logs.getKeys()].filter((key) => !left.has(key) && !bases.has(key))
  if (done.length + past.length + logs.length === 0) return
  await index.root.transaction(() => {
    for (const key of done) {
      void index.uses.remove(key)
      void index.members.remove(key)
    }
    for (const { key } of past) void index.evicted.remove(key)
    for (const key of logs) void index.logs.remove(key)
  })
}

/** Files that were set aside as damaged: all but the newest go. */
function removeSetAside(folder: string): void {
  for (const place of [folder, join(folder, 'tensors')]) {
    const aside = readdirSync(place)
      .filter((name) => /\.damaged-\d+$/.test(name))
      .sort((a, b) => Number(a.split('-').at(-1)) - Number(b.split('-').at(-1)))
    for (const name of aside.slice(0, -1))
      for (const path of [name, `${name}-lock`]) rmSync(join(place, path), { force: true })
  }
}
