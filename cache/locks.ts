import { randomBytes } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestValue } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import { isAlive, ownProcess, type ProcessIdentity } from './process-identity.ts'
import { asWriteFailure } from './room.ts'
import { makeFolder } from '../base/make-folder.ts'

/** Who holds a lock, and since when (ms since 1970). */
export interface LockHolder {
  readonly pid: number
  readonly run: string
  readonly since: number
}

export interface HeldLock {
  release(): void
}

interface LockRecord extends LockHolder, ProcessIdentity {
  /** Makes the text of every lock that was ever taken another one. */
  readonly nonce: string
}

/** End of the name of a file that becomes a lock by a second name; it exists for an instant. */
const STAGED = '.part'
const STAGED_FOR_MS = 60_000

/** How often a waiting process looks whether the holder has died, which no file tells. */
const LOOK_EVERY_MS = 500

/**
 * Takes the lock of a key, or says which living process holds it; never waits. One file a lock, which appears whole or
 * not at all. A holder that died (pid, start time, boot) is passed over, and so is a file that cannot be read as a lock.
 * Throws E501, E403.
 */
export function acquireLock(
  cacheFolder: string,
  key: string,
  { run }: { readonly run: string },
): HeldLock | { readonly heldBy: LockHolder } {
  const folder = locksFolder(cacheFolder)
  const record: LockRecord = { ...ownProcess(), run, since: Date.now(), nonce: randomBytes(8).toString('hex') }
  try {
    makeFolder(folder)
    return take(folder, key, record)
  } catch (error) {
    throw asWriteFailure(error, cacheFolder)
  }
}

/** The holder of a key's lock, if one lives. */
export function lockHolder(cacheFolder: string, key: string): LockHolder | undefined {
  return livingHolder(readText(lockPath(locksFolder(cacheFolder), key)))
}

/** All locks that living processes hold. */
export function heldLocks(cacheFolder: string): { readonly key: string; readonly heldBy: LockHolder }[] {
  const folder = locksFolder(cacheFolder)
  return namesIn(folder).flatMap((name) => {
    const key = /^([^.]+)\.lock$/.exec(name)?.[1]
    const heldBy = key === undefined ? undefined : livingHolder(readText(join(folder, name)))
    return key === undefined || heldBy === undefined ? [] : [{ key, heldBy }]
  })
}

/** Removes what dead processes left; for the start of a run. */
export function sweepLocks(cacheFolder: string): void {
  const folder = locksFolder(cacheFolder)
  for (const name of namesIn(folder)) {
    const lock = /^(.+)\.lock$/.exec(name)?.[1]
    if (lock === undefined) removeStale(join(folder, name))
    else if (lockHolder(cacheFolder, lock) === undefined) {
      const taken = acquireLock(cacheFolder, lock, { run: '' })
      if ('release' in taken) taken.release()
    }
  }
}

/** Resolves when no living process holds the key's lock any more, or the signal is aborted. */
export function lockReleased(cacheFolder: string, key: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!signal.aborted && lockHolder(cacheFolder, key) !== undefined) return
      clearInterval(timer)
      watcher?.close()
      signal.removeEventListener('abort', look)
      resolve()
    }
    const timer = setInterval(look, LOOK_EVERY_MS)
    const watcher = watchFolder(locksFolder(cacheFolder), `${key}.lock`, look)
    signal.addEventListener('abort', look)
    look()
  })
}

const locksFolder = (cacheFolder: string): string => join(cacheFolder, 'locks')
const lockPath = (folder: string, name: string): string => join(folder, `${name}.lock`)

function take(folder: string, name: string, record: LockRecord): HeldLock | { readonly heldBy: LockHolder } {
  const path = lockPath(folder, name)
  const text = JSON.stringify(record)
  for (;;) {
    if (create(path, text, record.nonce)) return { release: () => removeOwn(path, text) }
    const found = readText(path)
    if (found === undefined) continue // released this moment
    const heldBy = livingHolder(found)
    if (heldBy !== undefined) return { heldBy }
    // Only one process may remove this very file: the next one at this path may be alive.
    const right = take(folder, `${name}.${digestValue('lock', found).slice(0, 16)}`, record)
    if ('heldBy' in right) return right
    if (readText(path) === found) rmSync(path, { force: true })
    right.release()
  }
}

/** Makes a file that appears with its whole content; false where there is one. */
function create(path: string, text: string, nonce: string): boolean {
  const staged = `${path}.${nonce}${STAGED}`
  try {
    faultPoint('lock-write')
    writeFileSync(staged, text)
    faultPoint('lock-link')
    linkSync(staged, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(staged, { force: true })
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** A file that was to become a lock, if its maker can no longer be at it. */
function removeStale(path: string): void {
  const madeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (madeMs !== undefined && Date.now() - madeMs > STAGED_FOR_MS) rmSync(path, { force: true })
}

function removeOwn(path: string, text: string): void {
  faultPoint('lock-release')
  if (readText(path) === text) rmSync(path, { force: true })
}

function livingHolder(text: string | undefined): LockHolder | undefined {
  const record = text === undefined ? undefined : parseRecord(text)
  return record !== undefined && isAlive(record) ? { pid: record.pid, run: record.run, since: record.since } : undefined
}

/** A lock's text; undefined for one that was cut short or is none. */
function parseRecord(text: string): LockRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<LockRecord> | null
    return typeof record?.pid === 'number' && typeof record.run === 'string' && typeof record.since === 'number'
      ? (record as LockRecord)
      : undefined
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Tells at once of a file that went; where the system has no watches left, the interval alone does. */
function watchFolder(folder: string, name: string, changed: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, (_, changedName) => {
      if (changedName === name) changed()
    })
    return watcher.on('error', () => watcher.close())
  } catch {
    return undefined
  }
}
