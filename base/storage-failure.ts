import { Failure } from './diagnostic.ts'

/** A full disk or a full quota as E501; undefined for any other error. */
export function storageFailure(error: unknown): Failure | undefined {
  if (!/ENOSPC|EDQUOT|No space left|Disk quota/i.test(String(error))) return undefined
  return new Failure('E501', 'the disk is full', {
    help: ['free some space and run again: what ended is kept', 'or point PIPELINE_CACHE_DIR at a larger disk'],
  })
}
