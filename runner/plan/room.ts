import { setTimeout } from 'node:timers/promises'
import { type Diagnostic, Failure } from '../../base/diagnostic.ts'
import { formatBytes } from '../../base/format.ts'
import type { Cache } from '../../cache/cache.ts'
import { type Collected, collect } from '../../cache/collect.ts'
import { freeBytes } from '../../cache/file-system.ts'
import { lockReleased } from '../../cache/locks.ts'
import { cacheBytes, indexBytes } from '../../cache/size.ts'
import { acquireEviction, EVICTION_LOCK, othersAtWork } from '../../cache/work-marks.ts'
import type { Bill, EventBody } from '../events.ts'
import type { Outcome } from './outcome.ts'

const DEFAULT_BOUND_BYTES = 100e9

/** The bound of a cache in bytes: as set, else 100 GB or half of what would be free without it, whichever is less. */
export const cacheBound = (bound: number | undefined, usedBytes: number, free: number): number =>
  bound ?? Math.min(DEFAULT_BOUND_BYTES, (usedBytes + free) / 2)

/** Stage keys, and keys without items, of results that a run rests on. */
export const keysOf = (outcomes: Iterable<Outcome>): string[] =>
  [...outcomes].flatMap(({ key, made }) => [
    ...(key === undefined ? [] : [key]),
    ...(made === undefined ? [] : [made.base]),
  ])

export interface RoomOptions {
  readonly cache: Cache
  readonly bill: Bill
  /** PIPELINE_CACHE_MAX. */
  readonly bound: number | undefined
  readonly run: string
  /** What this run rests on. */
  readonly inUse: readonly string[]
  readonly emit: (event: EventBody) => void
  readonly tell: (diagnostics: readonly Diagnostic[]) => void
  readonly signal: AbortSignal
}

/**
 * Keeps the cache within its bound, before the first stage of a run: where what the run adds would pass it, evicts first,
 * least loss first. Throws E505, with the ways out, where even that does not make room.
 */
export async function makeRoom(options: RoomOptions): Promise<void> {
  const { cache, bill, bound, emit, tell } = options
  if (bill.estBytes === 0) return
  const free = freeBytes(cache.folder)
  const used = cacheBytes(cache.folder)
  const limit = Math.min(cacheBound(bound, used, free), used + free)
  if (bill.estBytes > limit) throw tooSmall(bill, limit)
  if (used + bill.estBytes <= limit) return
  const collected = await evict(options, limit - bill.estBytes - indexBytes(cache.folder))
  if (collected === undefined) {
    tell([limitNotReached(limit)])
    return
  }
  const { evicted, freedBytes, recomputeMs, keptBytes, held } = collected
  if (evicted.length > 0) emit({ type: 'cache.evict', entries: evicted.length, bytes: freedBytes, recomputeMs })
  if (keptBytes + bill.estBytes > limit) throw tooSmall(bill, limit, held)
}

/** How long a run that has just begun may take to say what it rests on. */
const PLANNING_MS = 20_000
const LOOK_AGAIN_MS = 200

/** Evicts; undefined where a run that began meanwhile does not come to say what it rests on. */
async function evict({ cache, run, inUse, signal }: RoomOptions, maxBytes: number): Promise<Collected | undefined> {
  const deadline = performance.now() + PLANNING_MS
  while (performance.now() < deadline) {
    signal.throwIfAborted()
    const lock = acquireEviction(cache.folder, run)
    if ('heldBy' in lock) {
      await lockReleased(cache.folder, EVICTION_LOCK, signal)
      continue
    }
    try {
      const others = othersAtWork(cache.folder, run)
      if (!others.isPlanning) {
        const held = { ...others, pinned: cache.pinnedKeys(), inUse: new Set([...others.inUse, ...inUse]) }
        return await collect(cache, { maxBytes, nowMs: Date.now(), held, alone: others.runs.length === 0 })
      }
    } finally {
      lock.release()
    }
    await setTimeout(LOOK_AGAIN_MS)
  }
  return undefined
}

const limitNotReached = (limit: number): Diagnostic => ({
  code: 'W504',
  severity: 'warning',
  message: `the cache may pass its bound of ${formatBytes(limit)}: another run has just begun, and what it uses is not known yet`,
})

function tooSmall({ estBytes }: Bill, limit: number, held?: Collected['held']): Failure {
  const kept = held === undefined ? 0 : held.pinned + held['in use']
  const room = formatBytes(Math.max(0, limit - kept))
  const why =
    held === undefined
      ? `which may hold ${room}`
      : `which has room for ${room} beside ${formatBytes(held.pinned)} of pinned runs and ${formatBytes(held['in use'])} in use`
  return new Failure('E505', `this run adds about ${formatBytes(estBytes)} to the cache, ${why}`, {
    help: [
      'raise PIPELINE_CACHE_MAX, or point PIPELINE_CACHE_DIR at a larger disk',
      ...(held !== undefined && held.pinned > 0 ? ['unpin a run: pipeline cache pin --list'] : []),
      'or take fewer images, copies or variants',
    ],
  })
}
