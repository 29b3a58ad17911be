import { relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import { formatDuration } from '../base/format.ts'
import { acquireLock, type LockHolder, lockReleased } from '../cache/locks.ts'
import type { Computed, ComputeContext } from './compute.ts'
import type { EventBody, Reason } from './events.ts'
import type { Lease, LeasePool, Need } from './lease-pool.ts'
import type { Outcome } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import { lookAgain, type Resolved } from './plan/resolve.ts'
import type { Repaired } from './repair.ts'
import { mayPass, waitBefore } from './retry.ts'
import { logFile } from './stage-log.ts'
import { withTimeLimit } from './time-limit.ts'

/** How long a ready stage may lack a named resource before that is told. */
const TELL_AFTER_MS = 2000

export interface AttemptContext {
  readonly prepared: Prepared
  readonly compute: ComputeContext
  readonly pool: LeasePool
  /** A lock that another process holds is a failure. */
  readonly noWait: boolean
  /** Aborted once nothing more may start. */
  readonly halted: AbortSignal
  readonly emit: (event: EventBody) => void
  readonly reasons: (resolved: Resolved) => readonly Reason[]
  /** Computes a stage once, damaged inputs first. */
  readonly computed: (resolved: Resolved, context: ComputeContext) => Promise<Repaired>
}

/** What became of a stage that was to be computed. */
export type Made =
  | { readonly type: 'done'; readonly outcome: Outcome; readonly computed: Computed }
  /** Another process has made it meanwhile. */
  | { readonly type: 'found'; readonly outcome: Outcome; readonly resolved: Resolved }
  | { readonly type: 'failed'; readonly diagnostic: Diagnostic; readonly computed?: Computed }
  /** Not started, or cancelled while it ran. */
  | { readonly type: 'halted'; readonly computed?: Computed }

/**
 * Computes a stage, again where it failed in a way that may pass and its spec allows it. `tell` hears how it ended while
 * the stage still holds its room, so that nothing starts in its place before a failure has stopped the run.
 */
export async function attemptStage<T>(
  resolved: Resolved,
  context: AttemptContext,
  tell: (made: Made) => T,
): Promise<T> {
  const isHalted = (): boolean => context.halted.aborted
  let current = resolved
  for (let attempt = 1; ; attempt++) {
    const { made, release } = await attemptOnce(current, attempt, context)
    try {
      const isLast = attempt > resolved.stage.control.retries || isHalted()
      if (made.type !== 'failed' || isLast || !mayPass(made.diagnostic)) return tell(made)
      const waitMs = waitBefore(attempt + 1)
      const { diagnostic } = made
      context.emit({ type: 'stage.retry', ...eventOf(current), attempt: attempt + 1, waitMs, diagnostic })
      release()
      await pause(waitMs, undefined, { signal: context.halted }).catch(() => {})
      if (isHalted()) return tell(made)
    } finally {
      release()
    }
    current = look(current, context)
  }
}

interface Attempted {
  readonly made: Made
  /** Gives back the room and the lock of the attempt; more than once is the same as once. */
  readonly release: () => void
}

/** Waits for room and for other processes that make the same key, then computes. */
async function attemptOnce(resolved: Resolved, attempt: number, context: AttemptContext): Promise<Attempted> {
  const without = (made: Made): Attempted => ({ made, release: () => {} })
  const wait = lockWait(resolved, context)
  let current = resolved
  for (;;) {
    const lease = await lend(current, context)
    if (lease === undefined) return without({ type: 'halted' })
    const lock = lockOf(current, context)
    if ('release' in lock) {
      const release = once(() => {
        lease.release()
        void context.compute.writer.settled().then(() => lock.release())
      })
      try {
        return { made: await underLock(current, { ...context, attempt, lease }), release }
      } catch (error) {
        release()
        throw error
      }
    }
    lease.release()
    if (lock instanceof Failure) return without({ type: 'failed', diagnostic: lock.diagnostic })
    if (context.noWait) return without({ type: 'failed', diagnostic: heldFailure(current, lock.heldBy) })
    await wait(lock.heldBy)
    if (context.halted.aborted) return without({ type: 'halted' })
    current = look(current, context)
    if (current.outcome !== undefined) return without({ type: 'found', outcome: current.outcome, resolved: current })
  }
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) act()
    isDone = true
  }
}

async function underLock(
  resolved: Resolved,
  context: AttemptContext & { readonly attempt: number; readonly lease: Lease },
): Promise<Made> {
  const current = isLocked(resolved) ? look(resolved, context) : resolved
  if (current.outcome !== undefined) return { type: 'found', outcome: current.outcome, resolved: current }
  const { stage } = current
  tellStart(current, context)
  const { devices } = context.lease
  const {
    result: { computed, outcome },
    expired,
  } = await withTimeLimit(stage.control.timeoutMs, context.compute.signal, (signal) =>
    context.computed(current, { ...context.compute, signal, devices }),
  )
  if (outcome !== undefined) return { type: 'done', outcome, computed }
  if (expired) return { type: 'failed', diagnostic: timeOut(current), computed }
  switch (computed.type) {
    case 'cancelled':
      return { type: 'halted', computed }
    case 'failed':
      return { type: 'failed', diagnostic: computed.diagnostic, computed }
    case 'damaged':
      return { type: 'failed', diagnostic: damagedForGood(computed.digest, current), computed }
    case 'done':
      throw new Error(`Internal error: ${stage.address} is done without an outcome`)
  }
}

function tellStart(
  resolved: Resolved,
  { emit, reasons, compute, attempt, lease }: AttemptContext & { readonly attempt: number; readonly lease: Lease },
): void {
  const { stage, key, rows } = resolved
  emit({
    type: 'stage.start',
    ...eventOf(resolved),
    kind: stage.kind.kind,
    kindVersion: stage.kind.version,
    attempt,
    reasons: reasons(resolved),
    items: { total: rows.length, stale: rows.filter(({ record }) => record === undefined).length },
    ...(lease.devices.length > 0 && { device: lease.devices.join(',') }),
    log: relative(compute.root, logFile(compute.runFolder, stage.address, key)),
  })
}

/** Looks once more into the cache as it is now, unless its results are not to be read. */
function look(resolved: Resolved, { prepared }: AttemptContext): Resolved {
  if (prepared.isForced(resolved.stage)) return resolved
  prepared.cache.refresh()
  return lookAgain(resolved, prepared.cache)
}

/** Light stages take less time than a lock costs; made twice, they give the same bytes. */
const isLocked = ({ kind }: Resolved): boolean => kind.runs !== 'light'

const NO_LOCK = { release: () => {} }

function lockOf(resolved: Resolved, { compute }: AttemptContext): ReturnType<typeof acquireLock> | Failure {
  if (!isLocked(resolved)) return NO_LOCK
  try {
    return acquireLock(compute.cache.folder, resolved.base, { run: compute.run })
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** Waits until a holder lets go. Who holds the lock is told once a stage, and so is the time all waiting took. */
function lockWait(
  resolved: Resolved,
  { compute, halted, emit }: AttemptContext,
): (heldBy: LockHolder) => Promise<void> {
  let since: number | undefined
  return async ({ pid, run, since: heldSince }) => {
    if (since === undefined)
      emit({
        type: 'lock.wait',
        ...eventOf(resolved),
        holder: { pid, run, sinceMs: Math.max(0, Date.now() - heldSince) },
      })
    since ??= performance.now()
    await lockReleased(compute.cache.folder, resolved.base, halted)
    if (!halted.aborted)
      emit({ type: 'lock.got', ...eventOf(resolved), waitedMs: Math.round(performance.now() - since) })
  }
}

/** The lane and resources of a stage; a lack of resources that lasts is told once. */
async function lend(resolved: Resolved, { pool, emit }: AttemptContext): Promise<Lease | undefined> {
  const { kind, stage } = resolved
  const { resources } = stage.control
  const need: Need = { lane: (kind.runs ?? 'host') === 'host' ? 'cores' : 'light', resources }
  if (Object.keys(resources).length === 0) return pool.acquire(need)
  const timer = setInterval(() => {
    const short = pool.shortOf(need)
    if (short === undefined) return
    clearInterval(timer)
    emit({ type: 'resource.wait', ...eventOf(resolved), ...short })
  }, TELL_AFTER_MS)
  try {
    return await pool.acquire(need)
  } finally {
    clearInterval(timer)
  }
}

const eventOf = ({ stage, key }: Resolved) => ({ stage: stage.name, variant: stage.variant, key })

const heldFailure = ({ stage }: Resolved, { run, pid, since }: LockHolder): Diagnostic => ({
  code: 'E402',
  severity: 'error',
  message: `${stage.address} is being computed by run ${run} (pid ${pid}, ${formatDuration(Math.max(0, Date.now() - since))})`,
  at: stage.placeOf(),
  help: ['leave out --no-wait to wait for its result'],
})

const timeOut = ({ stage }: Resolved): Diagnostic => ({
  code: 'E603',
  severity: 'error',
  message: `no end after ${formatDuration(stage.control.timeoutMs ?? 0)}, the time limit of ${stage.name}`,
  at: stage.placeOf(),
  help: [`raise ${stage.name}'s timeout, or give it less to do; what ended is kept`],
})

const damagedForGood = (digest: string, { stage }: Resolved): Diagnostic => ({
  code: 'E605',
  severity: 'error',
  message: `an input is damaged in the cache and could not be computed again (${digest.slice(0, 8)})`,
  at: stage.placeOf(),
  help: ['check the disk; then run again with --force'],
})
