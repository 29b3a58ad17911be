import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes that the cache takes on the disk, free pages of its LMDB files included. */
export function cacheBytes(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}

/** Bytes of the index, which no eviction gives back to the disk: its pages are written again. */
export const indexBytes = (folder: string): number => statSync(join(folder, 'index.lmdb')).size
