import { Failure } from './diagnostic.ts'

/** E501, for a disk or a quota that has no room left. */
export const diskFull = (): Failure =>
  new Failure('E501', 'the disk is full', {
    help: ['free some space and run again: what ended is kept', 'or point PIPELINE_CACHE_DIR at a larger disk'],
  })

/** A full disk or a full quota as E501; undefined for any other error. */
export function storageFailure(error: unknown): Failure | undefined {
  return /ENOSPC|EDQUOT|No space left|Disk quota/i.test(String(error)) ? diskFull() : undefined
}
