import { seededRandom } from '../base/random.ts'

/** How images are drawn again. The same groups, labels, seed and count give the same resamples for every statistic. */
export interface Resampling {
  /** The group of each image: its part, else the image itself. Groups are drawn whole. */
  readonly groups: ArrayLike<string | number>
  /** Truthy where the image is defective. */
  readonly labels: ArrayLike<number | boolean>
  readonly seed: number | string
  /** @default 1000 */
  readonly resamples?: number
  /** Share of the resamples inside the interval. @default 0.95 */
  readonly level?: number
}

/** A percentile interval. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly level: number
  /** Resamples in which the statistic was defined. */
  readonly resamples: number
  /** Groups that were drawn from. */
  readonly groups: number
}

/**
 * Percentile bootstrap interval (Efron 1979) of a statistic of the images, where `weights[i]` says how often image i is in
 * the resample. Groups are drawn with replacement within strata: groups of good images, of defective images, and of
 * both, so every resample has both classes. Null where the statistic never is defined.
 * For the interval of a difference between two methods let `statistic` return the difference: that pairs them.
 */
export function bootstrapInterval({
  statistic,
  ...resampling
}: Resampling & { readonly statistic: (weights: Float64Array) => number | null }): Interval | null {
  return bootstrapIntervals({ ...resampling, statistics: (weights) => [statistic(weights)] })[0]
}

/** `bootstrapInterval` of several statistics that share their work, such as the metrics of one summed histogram. */
export function bootstrapIntervals({ level, ...drawing }: Drawing & Pick<Resampling, 'level'>): (Interval | null)[] {
  const { values, groups } = bootstrapDraws(drawing)
  return values.map((drawn) => percentileInterval(drawn, { groups, ...(level !== undefined && { level }) }))
}

type Drawing = Omit<Resampling, 'level'> & {
  readonly statistics: (weights: Float64Array) => readonly (number | null)[]
}

/** The values of several statistics in every resample, in the order drawn, NaN where undefined; and how many groups were drawn from. */
export function bootstrapDraws({ groups, labels, seed, resamples = 1000, statistics }: Drawing): {
  readonly values: readonly Float64Array[]
  readonly groups: number
} {
  const strata = stratify(groups, labels)
  const random = seededRandom('bootstrap', seed)
  const weights = new Float64Array(groups.length)
  const values: Float64Array[] = []
  for (let b = 0; b < resamples; b++) {
    weights.fill(0)
    for (const members of strata) {
      for (let draw = 0; draw < members.length; draw++) {
        for (const image of members[random.below(members.length)]) weights[image]++
      }
    }
    for (const [s, value] of statistics(weights).entries()) {
      values[s] ??= new Float64Array(resamples)
      values[s][b] = value ?? NaN
    }
  }
  return { values, groups: strata.reduce((sum, members) => sum + members.length, 0) }
}

/** The share `level` in the middle of drawn values; null where none is defined. */
export function percentileInterval(
  drawn: Float64Array,
  { groups, level = 0.95 }: { readonly groups: number; readonly level?: number },
): Interval | null {
  const sorted = (drawn.some(Number.isNaN) ? drawn.filter((value) => !Number.isNaN(value)) : drawn.slice()).sort()
  if (sorted.length === 0) return null
  const tail = (1 - level) / 2
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), level, resamples: sorted.length, groups }
}

/** Quantile of rising values, linear between neighbours (type 7 of Hyndman and Fan 1996, NumPy's default). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (position - below) * (sorted[above] - sorted[below])
}

/** Images by group, groups by the classes they hold; groups in the order of their names, so that of the images is none. */
function stratify(groups: ArrayLike<string | number>, labels: ArrayLike<number | boolean>): number[][][] {
  if (groups.length !== labels.length) throw new Error(`${groups.length} groups for ${labels.length} labels`)
  const members = new Map<string, number[]>()
  for (let i = 0; i < groups.length; i++) {
    const name = String(groups[i])
    const images = members.get(name)
    if (images) images.push(i)
    else members.set(name, [i])
  }
  const strata: Record<'good' | 'defective' | 'mixed', number[][]> = { good: [], defective: [], mixed: [] }
  for (const name of [...members.keys()].sort()) {
    const images = members.get(name)!
    const defective = images.filter((i) => Boolean(labels[i])).length
    strata[defective === 0 ? 'good' : defective === images.length ? 'defective' : 'mixed'].push(images)
  }
  return [strata.good, strata.defective, strata.mixed]
}
