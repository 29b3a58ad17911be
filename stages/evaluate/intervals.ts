import { bootstrapIntervals, type Interval, type Resampling } from '../../metrics/bootstrap.ts'

/** Figures by name under weights, one a labelled image; null counts each once. The names never change. */
export type Figures = (weights: Float64Array) => Readonly<Record<string, number | null>>

export type Intervals = ReadonlyMap<string, Interval>

/** 95 % intervals of all figures from the same resamples, so that they may be compared; none without resamples or images. */
export function intervalsOf(resampling: Resampling, figures: Figures): Intervals {
  const found = new Map<string, Interval>()
  if (resampling.resamples === 0 || resampling.labels.length === 0) return found
  let names: string[] = []
  const intervals = bootstrapIntervals({
    ...resampling,
    statistics: (weights) => {
      const values = figures(weights)
      names = Object.keys(values)
      return Object.values(values)
    },
  })
  for (const [i, name] of names.entries()) {
    const interval = intervals[i]
    if (interval) found.set(name, interval)
  }
  return found
}
