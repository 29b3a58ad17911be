import type { Rounds } from './peer.ts'

export const COMPARISON_COLUMNS = ['what', 'flawline, ms', 'peer', 'peer, ms', 'ratio', 'budget', 'peak memory, MB']

export interface Comparison {
  readonly what: string
  readonly ours: Rounds
  readonly peer?: Rounds
  /** What design allows: a ratio where there is a peer, else milliseconds. */
  readonly budget?: number
}

/** One row under `COMPARISON_COLUMNS`: medians with the least in brackets; the ratio is the median of each round's own. */
export function comparisonRow({ what, ours, peer, budget }: Comparison): string[] {
  const allowed = budget === undefined ? '' : peer === undefined ? `${budget} ms` : budget.toFixed(2)
  const mine = [what, milliseconds(ours.ms)]
  if (peer === undefined) return [...mine, '', '', '', allowed, ours.peakMb.toFixed(0)]
  const ratio = median(ours.ms.map((ms, round) => ms / peer.ms[round]))
  const memory = `${ours.peakMb.toFixed(0)} / ${peer.peakMb.toFixed(0)}`
  return [...mine, peer.name, milliseconds(peer.ms), ratio.toFixed(2), allowed, memory]
}

/** `1234 (1200)`: median and least. */
export const milliseconds = (values: readonly number[]): string =>
  `${figure(median(values))} (${figure(Math.min(...values))})`

const figure = (ms: number): string => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)

/** The upper one of two middle values. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
