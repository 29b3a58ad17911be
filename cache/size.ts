import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes that the cache takes on the disk, free pages of its LMDB files included. */
export function cacheBytes(folder: string): number {
  let bytes = 0
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += cacheBytes(path)
    else if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}

/** None where another process took the folder away meanwhile, as it does with its staging. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Bytes of the index, which no eviction gives back to the disk: its pages are written again. */
export const indexBytes = (folder: string): number => statSync(join(folder, 'index.lmdb')).size
