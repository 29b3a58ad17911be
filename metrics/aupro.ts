import { total, type PixelRanking } from './ranking.ts'

/** The false positive rate up to which AUPRO integrates. */
const AUPRO_LIMIT = 0.3 // Bergmann et al. 2021 (MVTec AD, IJCV 129), and the official evaluation code

/**
 * Area under the per-region overlap curve, in [0, 1]: mean over all regions of their covered share, against the share of
 * px outside all regions of all images that is flagged, trapezoids from 0 to `limit` with linear interpolation at `limit`,
 * divided by `limit`. Null without regions or without px outside.
 */
export function aupro({ negatives, overlaps, regions }: PixelRanking, limit = AUPRO_LIMIT): number | null {
  const outside = total(negatives)
  if (regions === 0 || outside === 0) return null
  let fp = 0
  let covered = 0
  let x0 = 0
  let y0 = 0
  let area = 0
  for (let g = 0; g < negatives.length && x0 < limit; g++) {
    fp += negatives[g]
    covered += overlaps[g]
    const x = fp / outside
    const y = Math.min(covered / regions, 1)
    area += trapezoidUpTo(limit, x0, y0, x, y)
    x0 = x
    y0 = y
  }
  return area / limit
}

function trapezoidUpTo(limit: number, x0: number, y0: number, x1: number, y1: number): number {
  if (x1 <= limit) return ((x1 - x0) * (y0 + y1)) / 2
  const yLimit = y0 + ((y1 - y0) * (limit - x0)) / (x1 - x0)
  return ((limit - x0) * (y0 + yLimit)) / 2
}

/** How far `aupro` may lie from that of the px themselves, when each group is a bin of them. */
export function auproBound({ negatives, overlaps, regions }: PixelRanking, limit = AUPRO_LIMIT): number {
  const outside = total(negatives)
  if (regions === 0 || outside === 0) return 0
  let x0 = 0
  let y0 = 0
  let bound = 0
  for (let g = 0; g < negatives.length && x0 < limit; g++) {
    const x = x0 + negatives[g] / outside
    const y = y0 + overlaps[g] / regions
    const width = Math.min(x, limit) - x0
    const area = trapezoidUpTo(limit, x0, y0, x, y)
    bound += Math.max(width * y - area, area - width * y0)
    x0 = x
    y0 = y
  }
  return bound / limit
}
