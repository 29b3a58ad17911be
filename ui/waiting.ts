import { formatBytes, formatCount, formatDuration, plural } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { EventBody } from '../runner/events.ts'

type Body<T extends EventBody['type']> = Extract<EventBody, { type: T }>

/** `waiting for train@lr=1e-3: run 7f3c (pid 4127, 3m 10s) computes the same key`. */
export const lockLine = (address: string, { holder }: Body<'lock.wait'>): string =>
  `waiting for ${address}: run ${sanitize(holder.run)} (pid ${holder.pid}, ${formatDuration(holder.sinceMs)}) computes the same key`

/** `gpu 1 of 0 free, io 2 of 1 free`: what a stage waits for. */
export const resourceText = ({ need, free }: Body<'resource.wait'>): string =>
  Object.entries(need)
    .map(([name, amount]) => `${name} ${quantity(name, amount)} of ${quantity(name, free[name] ?? 0)} free`)
    .join(', ')

/** `audited 34 items and 1 stage: same bytes`. */
export const auditText = ({ items, stages, differing }: Body<'audit'>): string =>
  `audited ${plural(items, 'item')} and ${plural(stages, 'stage')}: ${differing === 0 ? 'same bytes' : `other bytes in ${plural(differing, 'stage')}`}`

/** `evicted 3,412 entries, 23.8 GB to make room; 15m 48s to compute again`. */
export const evictionText = ({ entries, bytes, recomputeMs }: Body<'cache.evict'>): string =>
  `evicted ${entries === 1 ? '1 entry' : `${formatCount(entries)} entries`}, ${formatBytes(bytes)} to make room; ${formatDuration(recomputeMs)} to compute again`

/** `attempt 2 in 1.0s  E603 time-out after 30.0s`. */
export const retryText = ({ attempt, waitMs, diagnostic }: Body<'stage.retry'>): string =>
  `attempt ${attempt} in ${formatDuration(waitMs)}  ${diagnostic.code} ${sanitize(diagnostic.message)}`

const quantity = (name: string, amount: number): string => (name === 'mem' ? formatBytes(amount) : String(amount))
