import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { acquireLock, type HeldLock, heldLocks, type LockHolder, lockHolder, lockReleased } from './locks.ts'
import type { Held } from './ledger.ts'
import { faultPoint } from '../base/fault.ts'
import { makeFolder } from '../base/make-folder.ts'

/** Name of the lock that whoever evicts holds; a run that starts waits for it. */
export const EVICTION_LOCK = 'gc'

/** Names of the locks by which runs say that they are at work. */
const MARK = /^run-([0-9a-f]+)$/

/** A stage key. */
const KEY = /^[0-9a-f]{64}$/

/**
 * A run at work in the cache. It says so before it looks anything up, and once planned, which results it rests on, so that
 * nobody evicts them under it. Ends with its process.
 */
export class WorkMark {
  readonly #folder: string
  readonly #run: string
  readonly #lock: HeldLock | { readonly heldBy: LockHolder }

  private constructor(folder: string, run: string) {
    this.#folder = folder
    this.#run = run
    this.#lock = acquireLock(folder, `run-${run}`, { run })
  }

  /** Resolves once nobody is evicting. Throws E501, E403. */
  static async place(folder: string, run: string, signal: AbortSignal): Promise<WorkMark> {
    const mark = new WorkMark(folder, run)
    if (lockHolder(folder, EVICTION_LOCK) !== undefined) await lockReleased(folder, EVICTION_LOCK, signal)
    return mark
  }

  /** Says which results the run rests on: stage keys, and keys without items. */
  hold(keys: readonly string[]): void {
    const path = heldFile(this.#folder, this.#run)
    makeFolder(join(this.#folder, 'in-use'))
    faultPoint('mark-write')
    writeFileSync(`${path}.part`, keys.join('\n'))
    faultPoint('mark-rename')
    renameSync(`${path}.part`, path)
  }

  release(): void {
    rmSync(heldFile(this.#folder, this.#run), { force: true })
    if ('release' in this.#lock) this.#lock.release()
  }
}

/** Whether a run ended without taking its mark away: it was killed, or died. */
export function hasDeadMarks(folder: string): boolean {
  try {
    return readdirSync(join(folder, 'locks')).some((name) => {
      const key = /^(run-[0-9a-f]+)\.lock$/.exec(name)?.[1]
      return key !== undefined && lockHolder(folder, key) === undefined
    })
  } catch {
    return false
  }
}

/** Takes the right to evict, or says who has it. */
export const acquireEviction = (folder: string, run: string): HeldLock | { readonly heldBy: LockHolder } =>
  acquireLock(folder, EVICTION_LOCK, { run })

export interface OthersAtWork {
  readonly runs: readonly string[]
  readonly inUse: Held['inUse']
  readonly inUseSinceMs?: number
  /** A run has begun and not yet said what it rests on. */
  readonly isPlanning: boolean
}

/** Who else is at work in the cache and what may not be taken from them; `own` is the run that asks. */
export function othersAtWork(folder: string, own?: string): OthersAtWork {
  const locks = heldLocks(folder)
  const runs = locks.flatMap(({ key, heldBy }) => {
    const run = MARK.exec(key)?.[1]
    return run === undefined || run === own ? [] : [{ run, since: heldBy.since }]
  })
  const inUse = new Set(locks.filter(({ key }) => KEY.test(key)).map(({ key }) => key))
  let isPlanning = false
  for (const { run } of runs) {
    const keys = readHeld(folder, run)
    if (keys === undefined) isPlanning = true
    for (const key of keys ?? []) inUse.add(key)
  }
  if (runs.length === 0) sweepHeld(folder, own)
  return {
    runs: runs.map(({ run }) => run),
    inUse,
    isPlanning,
    ...(runs.length > 0 && { inUseSinceMs: Math.min(...runs.map(({ since }) => since)) }),
  }
}

const heldFile = (folder: string, run: string): string => join(folder, 'in-use', run)

function readHeld(folder: string, run: string): string[] | undefined {
  try {
    return readFileSync(heldFile(folder, run), 'utf8').split('\n')
  } catch {
    return undefined
  }
}

/** Lists of runs that were killed. */
function sweepHeld(folder: string, own: string | undefined): void {
  try {
    for (const name of readdirSync(join(folder, 'in-use')))
      if (name !== own) rmSync(join(folder, 'in-use', name), { force: true })
  } catch {
    // There is none yet.
  }
}
