import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DAMAGED_EXIT } from './lmdb-damage.ts'
import { setAside } from './lmdb-file.ts'

/** Signals by which a process ends that reads damaged pages, or LMDB's own check of them. */
const CRASHES: readonly string[] = ['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGTRAP']

/** A walk that takes longer goes in a circle; entries by the million take seconds. */
const WALK_MS = 120_000

/**
 * Reads through every LMDB file of the cache in processes of their own and renames those that are damaged inside; what
 * they held is a miss then, computed again. For when something has died in them. Gives the names of the files.
 */
export async function healCache(folder: string): Promise<string[]> {
  const damaged = await damagedFiles(folder)
  for (const file of damaged) setAside(file)
  return damaged.map((file) => basename(file))
}

/** The LMDB files of a cache that are damaged inside; leaves them as they are. */
export async function damagedFiles(folder: string): Promise<string[]> {
  const tensors = join(folder, 'tensors')
  const segments = existsSync(tensors) ? readdirSync(tensors).filter((name) => /^\d{4}\.lmdb$/.test(name)) : []
  const files = [join(folder, 'index.lmdb'), ...segments.map((name) => join(tensors, name))]
  const damaged: string[] = []
  for (const file of files) {
    if (existsSync(file) && (await isDamaged(file)) && (await isDamaged(file))) damaged.push(file) // twice: it may be a busy machine
  }
  return damaged
}

function isDamaged(file: string): Promise<boolean> {
  const walker = fileURLToPath(new URL('./walk-main.js', import.meta.url))
  const child = spawn(process.execPath, [walker, file], { stdio: 'ignore', timeout: WALK_MS, killSignal: 'SIGKILL' })
  return new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('exit', (code, signal) => {
      resolve(
        code === DAMAGED_EXIT ||
          (signal !== null && CRASHES.includes(signal)) ||
          (signal === 'SIGKILL' && child.killed),
      )
    })
  })
}
