import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Cache } from '../cache/cache.ts'
import { foldersOf } from '../runner/environment.ts'
import type { Io } from './invocation.ts'

/** The project's cache, or undefined where nothing ran yet: a command that looks makes none. Throws E403, E406. */
export function openCache({ root, environment }: Io): Cache | undefined {
  const { cache } = foldersOf(root, environment)
  return existsSync(join(cache, 'index.lmdb')) ? new Cache(cache) : undefined
}
