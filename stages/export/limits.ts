import type { Decision, Thresholds } from '../../artifacts/verdict.ts'

/** thresholds.json of a bundle: plain data that a person may move. */
export interface BundleThresholds extends Thresholds {
  /** A score is above a limit when it exceeds it by more than this. */
  readonly tolerance: number
}

/** Rounding of another runtime or processor stays far below this share of the range of scores. */
const ROUNDING_SHARE = 1e-5

/**
 * Adds the tolerance: a limit is mostly the score of a held-out image, which must not jump over it by the last bit of another
 * runtime's sums. At most a small share of the range of scores, and half the way to the next higher known score.
 */
export function withTolerance(thresholds: Thresholds, scores: readonly number[]): BundleThresholds {
  const { close, nok } = thresholds.image
  const gaps = [close, nok].flatMap((limit) =>
    limit === null ? [] : scores.filter((score) => score > limit).map((score) => (score - limit) / 2),
  )
  return { ...thresholds, tolerance: gaps.reduce((a, b) => Math.min(a, b), ROUNDING_SHARE * rangeOf(scores)) }
}

/** Highest less lowest; where all are equal, the size of the number itself, so that differences have a scale. */
export function rangeOf(scores: readonly number[]): number {
  if (scores.length === 0) return 0
  const low = scores.reduce((a, b) => Math.min(a, b))
  const high = scores.reduce((a, b) => Math.max(a, b))
  return high - low || Math.abs(high)
}

/** As `metrics/threshold.ts` decides, with a tolerance; null without a limit. */
export function decideWithin(
  score: number,
  { image: { close, nok }, tolerance }: Pick<BundleThresholds, 'image' | 'tolerance'>,
): Decision | null {
  if (nok === null) return null
  if (score - nok > tolerance) return 'NOK'
  return close !== null && score - close > tolerance ? 'CLOSE' : 'OK'
}
