import type { Thresholds } from '../../artifacts/verdict.ts'
import type { GoodPixels } from './calibrate.ts'

/** Share of the colour scale that good px stay in. */
const CALM_SHARE = 1 / 3

/**
 * One colour scale for all heat maps of a set, from good px: it starts at their median, reaches its first third at the pixel
 * threshold (at the quantile of the asked pixel rate where that is higher or there is no threshold) and ends beyond.
 * Good images stay dark on it, and equal values have equal colours in all images.
 */
export function colourScale(
  good: Pick<GoodPixels, 'median' | 'quantile'> | null,
  threshold: number | null,
): Thresholds['scale'] {
  const { median: low, quantile } = good ?? { median: 0, quantile: 0 }
  const calm = Math.max(threshold ?? quantile, quantile)
  if (calm <= low) return { low, calm: low, high: low + (Math.abs(low) || 1) }
  return { low, calm, high: low + (calm - low) / CALM_SHARE }
}
