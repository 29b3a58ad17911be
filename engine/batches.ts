import type { Random } from '../base/random.ts'

/**
 * The order of one epoch: indices 0 .. count - 1 shuffled and cut into batches of exactly `size`, as recorded steps have
 * fixed shapes. A last partial batch is filled up with the first items of the same order (`wrap`) or left out (`drop`).
 * Fewer items than one batch always wrap.
 */
export function shuffledBatches(
  count: number,
  size: number,
  random: Random,
  remainder: 'wrap' | 'drop' = 'wrap',
): readonly (readonly number[])[] {
  const order = random.shuffle(Array.from({ length: count }, (_, i) => i))
  const full = Math.floor(count / size)
  const batches = remainder === 'drop' && full > 0 ? full : Math.ceil(count / size)
  return Array.from({ length: batches }, (_, b) =>
    Array.from({ length: size }, (_, i) => order[(b * size + i) % count]),
  )
}
