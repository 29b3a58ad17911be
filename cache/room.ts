import { Failure } from '../base/diagnostic.ts'
import { diskFull, storageFailure } from '../base/storage-failure.ts'
import { freeBytes } from './file-system.ts'

/**
 * LMDB does not survive a write that the disk refuses: its memory map faults, or its heap is damaged. So it is kept off
 * the last bytes of a disk; they hold its lock files and the index pages that one group commit may copy.
 */
const RESERVE_BYTES = 1_000_000

/** Throws E501 where the disk of this folder does not take these bytes. Call before every write to LMDB. */
export function requireRoom(folder: string, bytes = 0): void {
  if (!hasRoom(folder, bytes)) throw diskFull()
}

const hasRoom = (folder: string, bytes: number): boolean => freeBytes(folder) >= bytes + RESERVE_BYTES

/** What a failed write to the cache is told as: E501, E403 where LMDB refused for another reason, else the error itself. */
export function asWriteFailure(error: unknown, folder: string): unknown {
  const storage = storageFailure(error)
  if (storage !== undefined) return storage
  if (!(error instanceof Error && 'commitError' in error)) return error
  Promise.resolve(error.commitError).catch(() => {}) // lmdb's own word for it, told here
  if (!hasRoom(folder, 0)) return diskFull()
  return new Failure('E403', `cannot write to the cache folder ${folder}: the commit was refused`, {
    help: ['look at the disk, or point PIPELINE_CACHE_DIR at another one'],
  })
}
