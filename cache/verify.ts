import type { Digest } from '../base/digest.ts'
import type { Cache } from './cache.ts'
import { type Entry, NOTHING_HELD, readLedger } from './ledger.ts'

export interface Verification {
  /** Entries looked at, of all there are. */
  readonly checked: number
  readonly total: number
  readonly bytes: number
  readonly good: number
  /** Keys whose bytes were not what their digest says; they were set aside and are misses now. */
  readonly damaged: readonly string[]
  /** Keys whose bytes are gone: misses too, and nothing a disk did. */
  readonly gone: number
}

/**
 * Reads stored bytes again and compares them with their digests.
 * @param share of the entries, 0 .. 1, drawn anew each time so that repeated samples see all
 */
export async function verifyCache(cache: Cache, share: number): Promise<Verification> {
  const entries = readLedger(cache.index, NOTHING_HELD)
  const sample = drawn(entries, share)
  const states = new Map<Digest, 'good' | 'damaged' | 'gone'>()
  let bytes = 0
  let good = 0
  let gone = 0
  const damaged: string[] = []
  for (const entry of sample) {
    const found = entry.objects.map(({ digest, bytes: size }) => {
      const known = states.get(digest)
      if (known !== undefined) return { digest, state: known }
      const state = cache.objects.state(digest)
      states.set(digest, state)
      bytes += size
      return { digest, state }
    })
    for (const { digest, state } of found) if (state === 'damaged') await cache.quarantine(digest)
    if (found.some(({ state }) => state === 'damaged')) damaged.push(entry.key)
    else if (found.some(({ state }) => state === 'gone')) gone++
    else good++
  }
  return { checked: sample.length, total: entries.length, bytes, good, damaged, gone }
}

/** At least one where there are any, in their own order. */
function drawn(entries: readonly Entry[], share: number): readonly Entry[] {
  if (share >= 1) return entries
  const wanted = Math.ceil(entries.length * share)
  const picked = new Set<number>()
  while (picked.size < wanted) picked.add(Math.floor(Math.random() * entries.length))
  return entries.filter((_, i) => picked.has(i))
}
