import { Failure } from '../../base/diagnostic.ts'
import { formatBytes } from '../../base/format.ts'
import type { Bill } from '../events.ts'

const DEFAULT_BOUND_BYTES = 100e9

/** A run whose outputs cannot fit ends before its first stage (E505), with the ways out. */
export function checkRoom({ estBytes, freeBytes }: Bill, bound: number | undefined): void {
  const room = Math.min(bound ?? Math.min(DEFAULT_BOUND_BYTES, freeBytes / 2), freeBytes)
  if (estBytes <= room) return
  throw new Failure(
    'E505',
    `this run adds about ${formatBytes(estBytes)} to the cache, which may grow by ${formatBytes(room)}`,
    {
      help: [
        'raise PIPELINE_CACHE_MAX, or point PIPELINE_CACHE_DIR at a larger disk',
        'or take fewer images, copies or variants',
      ],
    },
  )
}
