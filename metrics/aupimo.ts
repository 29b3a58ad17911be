import { RECORD_BINS, type ImageRecord } from './image-histograms.ts'

/** Per-image overlap at very low false positive rates. */
export interface Aupimo {
  /** Mean over the images that have one. */
  readonly mean: number
  /** One for each image in the order they were added, in [0, 1]; null for good images and those without defective px. */
  readonly values: readonly (number | null)[]
  /** Px of the good images: below 1e5 the published range lies under one px, better are 1e6. */
  readonly goodPx: number
}

const RANGE = { low: 1e-5, high: 1e-4 } // Bertoldo et al. 2024, arXiv 2401.01984

/**
 * Area under each defective image's recall, over the logarithm of the false positive rate that the good images share (the
 * mean of their own rates), from `low` to `high`, divided by ln(high / low). Trapezoids in the logarithm; while no good
 * px is flagged the rate counts as `low`. Thresholds are resolved to 2^-9 of the score. Null without good images or without
 * defective px.
 */
export function aupimo(records: readonly ImageRecord[], { low, high } = RANGE): Aupimo | null {
  const good = records.filter((record) => !record.nok)
  const shared = sharedRates(good)
  const values = records.map((record) => (record.nok && shared.length > 0 ? areaOf(record, shared, low, high) : null))
  const defined = values.filter((value) => value !== null)
  if (defined.length === 0) return null
  return {
    mean: defined.reduce((sum, value) => sum + value, 0) / defined.length,
    values,
    goodPx: good.reduce((sum, { outside }) => outside.reduce((px, count) => px + count, sum), 0),
  }
}

/** Bins that hold good px, falling, with the mean over good images of the share of their px at or above. */
function sharedRates(good: readonly ImageRecord[]): { bin: number; rate: number }[] {
  const shares = new Float64Array(RECORD_BINS)
  for (const { bins, outside } of good) {
    const size = outside.reduce((px, count) => px + count, 0)
    for (let i = 0; i < bins.length; i++) shares[bins[i]] += outside[i] / size / good.length
  }
  const rates: { bin: number; rate: number }[] = []
  let rate = 0
  for (let bin = RECORD_BINS - 1; bin >= 0; bin--) {
    if (shares[bin] === 0) continue
    rate += shares[bin]
    rates.push({ bin, rate })
  }
  return rates
}

function areaOf(
  { bins, inside }: ImageRecord,
  shared: readonly { bin: number; rate: number }[],
  low: number,
  high: number,
): number | null {
  const size = inside.reduce((px, count) => px + count, 0)
  if (size === 0) return null
  let next = bins.length - 1
  let flagged = 0
  const recallFrom = (bin: number): number => {
    for (; next >= 0 && bins[next] >= bin; next--) flagged += inside[next]
    return flagged / size
  }
  const [start, end] = [Math.log(low), Math.log(high)]
  let x0 = start
  let y0 = recallFrom(shared[0].bin + 1)
  let area = 0
  for (const { bin, rate } of shared) {
    const x1 = Math.log(rate)
    const y1 = recallFrom(bin)
    const from = Math.max(x0, start)
    const to = Math.min(x1, end)
    if (to > from) {
      const slope = (y1 - y0) / (x1 - x0)
      area += (to - from) * (y0 + slope * ((from + to) / 2 - x0))
    }
    if (x1 >= end) break
    x0 = x1
    y0 = y1
  }
  return area / (end - start)
}
