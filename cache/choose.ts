import type { Digest } from '../base/digest.ts'
import type { Entry, Hold } from './ledger.ts'

/** How far to evict. */
export interface Limits {
  readonly maxBytes: number
  /** Entries unused for longer go in any case, ms. */
  readonly maxAgeMs?: number
  readonly nowMs: number
}

/** What an eviction takes and leaves. */
export interface Choice {
  readonly evicted: readonly Entry[]
  /** Bytes that no entry left needs any more. */
  readonly freedBytes: number
  readonly keptBytes: number
  /** What the newest run of each spec would have to compute again, ms; the dearest first. */
  readonly slower: readonly { readonly spec: string; readonly ms: number }[]
  /** Time to compute everything evicted again. */
  readonly recomputeMs: number
  /** What kept the cache above its limit. */
  readonly held: Readonly<Record<Hold, number>>
}

/**
 * Picks the entries to evict, least loss first: what takes least time to compute again for the bytes it frees, in steps of
 * a factor of two so that noise of timing decides nothing, then what was used longest ago. Pure.
 */
export function chooseEvictions(entries: readonly Entry[], { maxBytes, maxAgeMs, nowMs }: Limits): Choice {
  const references = new Map<Digest, number>()
  let liveBytes = 0
  for (const { objects } of entries)
    for (const { digest, bytes } of objects) {
      const count = references.get(digest) ?? 0
      if (count === 0) liveBytes += bytes
      references.set(digest, count + 1)
    }
  const before = liveBytes
  const evicted: Entry[] = []
  const evict = (entry: Entry): void => {
    evicted.push(entry)
    for (const { digest, bytes } of entry.objects) {
      const count = references.get(digest)! - 1
      references.set(digest, count)
      if (count === 0) liveBytes -= bytes
    }
  }
  const free = entries.filter(({ hold }) => hold === undefined)
  const isOld = ({ lastMs }: Entry): boolean => maxAgeMs !== undefined && nowMs - lastMs > maxAgeMs
  for (const entry of free) if (isOld(entry)) evict(entry)
  if (liveBytes > maxBytes) {
    for (const entry of free.filter((each) => !isOld(each)).sort(byLoss)) {
      if (liveBytes <= maxBytes) break
      evict(entry)
    }
  }
  return {
    evicted,
    freedBytes: before - liveBytes,
    keptBytes: liveBytes,
    slower: slowerSpecs(evicted),
    recomputeMs: evicted.reduce((sum, { wallMs }) => sum + wallMs, 0),
    held: liveBytes > maxBytes ? heldBytes(entries) : { pinned: 0, 'in use': 0 },
  }
}

/** Cost per byte in steps of a factor of two. */
const lossStep = ({ wallMs, bytes }: Entry): number => Math.round(Math.log2((wallMs + 0.001) / (bytes + 1)))

const byLoss = (a: Entry, b: Entry): number =>
  lossStep(a) - lossStep(b) || a.lastMs - b.lastMs || (a.key < b.key ? -1 : 1)

function slowerSpecs(evicted: readonly Entry[]): { spec: string; ms: number }[] {
  const bySpec = new Map<string, number>()
  for (const { current, wallMs } of evicted)
    for (const spec of current) bySpec.set(spec, (bySpec.get(spec) ?? 0) + wallMs)
  return [...bySpec].map(([spec, ms]) => ({ spec, ms })).sort((a, b) => b.ms - a.ms || (a.spec < b.spec ? -1 : 1))
}

function heldBytes(entries: readonly Entry[]): Record<Hold, number> {
  const sum = { pinned: 0, 'in use': 0 }
  for (const { hold, bytes } of entries) if (hold !== undefined) sum[hold] += bytes
  return sum
}
