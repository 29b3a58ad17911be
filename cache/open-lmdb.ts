import { statSync } from 'node:fs'
import { open, type RootDatabase } from 'lmdb'
import { permissionFailure } from '../base/permission-failure.ts'

/** Environments that this process has open, by file: closing a second one of a file would drop the locks of the first. */
const opened = new Map<string, RootDatabase<unknown, string>>()

interface FileOptions {
  readonly path: string
  readonly encoding: 'msgpack' | 'binary'
  readonly readOnly?: boolean
  readonly maxDbs?: number
}

/**
 * Opens an LMDB file, or gives it where this process has it open already. It stays open until the process ends, and
 * `settled` is what there is in place of closing. For the last process that closes a file destroys the mutexes in its
 * lock file (mdb_env_close0), and another one that is just opening it waits for that and then takes them for sound
 * (mdb_env_setup_locks): whatever it begins fails ("No transaction to renew"). A process that merely ends leaves them
 * whole, and the next one makes them anew.
 */
export function openLmdb<T>(options: FileOptions): RootDatabase<T, string> {
  const { path, readOnly = false } = options
  const known = opened.get(nameOf(path, readOnly))
  if (known !== undefined) return known as RootDatabase<T, string>
  const others = new Set(process.listeners('exit'))
  const root = openOrRefuse(options)
  for (const listener of process.listeners('exit')) if (!others.has(listener)) process.off('exit', listener) // lmdb's: it closes
  opened.set(nameOf(path, readOnly), root)
  return root as RootDatabase<T, string>
}

function openOrRefuse(options: FileOptions): RootDatabase<unknown, string> {
  try {
    return open<unknown, string>({ ...options, noSubdir: true })
  } catch (error) {
    throw permissionFailure(error, options.path) ?? error
  }
}

/** Resolves when all that was written is on disk. */
export async function settled(root: Pick<RootDatabase, 'flushed'>): Promise<void> {
  await root.flushed
}

/** Closes a file that is about to be unlinked, while no other process opens it, so that its bytes are given back at once. */
export async function closeForGood(root: RootDatabase<Uint8Array, string>): Promise<void> {
  for (const [name, known] of opened) if (known === (root as unknown)) opened.delete(name)
  await root.close()
}

/** A file by what it is: one that was made anew under the same path is another one. */
function nameOf(path: string, readOnly: boolean): string {
  const file = statSync(path, { throwIfNoEntry: false })
  return file === undefined ? path : `${file.dev}:${file.ino}:${readOnly ? 'r' : 'w'}`
}
