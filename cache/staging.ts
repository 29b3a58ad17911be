import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { digestValue, shortDigest } from '../base/digest.ts'
import { makeFolder } from '../base/make-folder.ts'
import { removeTree } from '../base/remove-tree.ts'

/** What a process that cannot be looked up left (another machine or container that shares the cache) is removed after this time. */
const FOREIGN_MS = 7 * 24 * 3600_000

let next = 0
/** Folders of this process that are there, by the cache that they are in. */
const ready = new Map<string, string>()

/** A free name for a folder of one attempt, in a folder of this process; the caller makes it. What dead processes left is swept first. */
export function newStagingFolder(cacheFolder: string): string {
  let own = ready.get(cacheFolder)
  if (own === undefined) {
    own = join(cacheFolder, 'staging', `${namespace()}-${identity(process.pid)!}`)
    sweepStaging(join(cacheFolder, 'staging'))
    makeFolder(own)
    ready.set(cacheFolder, own)
  }
  return join(own, String(next++))
}

function sweepStaging(folder: string): void {
  for (const name of list(folder)) {
    const [where, pid, start] = name.split('-')
    const isGone =
      where === namespace()
        ? identity(Number(pid)) !== `${pid}-${start}`
        : Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) > FOREIGN_MS
    if (isGone) void removeTree(join(folder, name)) // another process may be at it too
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // none yet
  }
}

/** Names this boot of this machine or container: process numbers mean something within it alone. */
function namespace(): string {
  const facts = [
    attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    attempt(() => readlinkSync('/proc/self/ns/pid')),
  ]
  return shortDigest(digestValue('namespace', facts))
}

/** `PID-START`, with the clock ticks since boot at which it started (0 without /proc), so that a reused number is told apart; undefined for no process. */
function identity(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (stat !== null) return `${pid}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  return process.platform !== 'linux' && isAlive(pid) ? `${pid}-0` : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
