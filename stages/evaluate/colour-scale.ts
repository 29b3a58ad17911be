import type { Thresholds } from '../../artifacts/verdict.ts'
import type { PixelQuantiles } from '../../metrics/pixel-quantile.ts'

/** Share of the colour scale that good px stay in. */
const CALM_SHARE = 1 / 3

/**
 * One colour scale for all heat maps of a set, from good px: it starts at their median, reaches its first third at the pixel
 * threshold (else at the quantile that `pixelRate` gives, if that is higher), and ends as far beyond. Good images
 * stay dark on it, and a map that is bright somewhere is bright for all.
 */
export function colourScale(
  good: PixelQuantiles,
  { threshold, pixelRate }: { threshold: number | null; pixelRate: number },
): Thresholds['scale'] {
  const low = good.at(0.5)?.threshold ?? 0
  const quantile = good.at(pixelRate)?.threshold ?? low
  const calm = Math.max(threshold ?? quantile, quantile)
  if (calm <= low) return { low, calm: low, high: low + (Math.abs(low) || 1) }
  return { low, calm, high: low + (calm - low) / CALM_SHARE }
}
