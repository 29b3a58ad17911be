import { bootstrapDraws, type Interval, percentileInterval, type Resampling } from '../../metrics/bootstrap.ts'

/** Figures by name under weights, one a labelled image; null counts each once. The names never change. */
export type Figures = (weights: Float64Array) => Readonly<Record<string, number | null>>

export type Intervals = ReadonlyMap<string, Interval>

/** The figures of all resamples: their 95 % intervals, and their values in the order drawn, NaN where undefined. */
export interface Resampled {
  readonly intervals: Intervals
  readonly draws: ReadonlyMap<string, Float64Array>
}

/** Resamples all figures together, so that they may be compared; nothing without resamples or images. */
export function resample(resampling: Resampling, figures: Figures): Resampled {
  if (resampling.resamples === 0 || resampling.labels.length === 0) return { intervals: new Map(), draws: new Map() }
  let names: string[] = []
  const { values, groups } = bootstrapDraws({
    ...resampling,
    statistics: (weights) => {
      const drawn = figures(weights)
      names = Object.keys(drawn)
      return Object.values(drawn)
    },
  })
  const draws = new Map(names.map((name, i) => [name, values[i]]))
  const intervals = [...draws].flatMap(([name, drawn]) => {
    const interval = percentileInterval(drawn, { groups })
    return interval === null ? [] : [[name, interval] as const]
  })
  return { intervals: new Map(intervals), draws }
}
