import {
  decodeDraws,
  type MetricName,
  PAIRED_METRICS,
  type Verdict,
  type VerdictItem,
} from '../../artifacts/verdict.ts'
import { bootstrapInterval, percentileInterval } from '../../metrics/bootstrap.ts'
import { weightedRanking } from '../../metrics/ranking.ts'
import { rankingAuroc } from '../../metrics/roc.ts'

/** A metric of two verdicts, `b - a` with its 95 % interval where both were drawn from the same resamples. */
export interface PairedMetric {
  readonly metric: MetricName
  readonly a: number | null
  readonly b: number | null
  readonly difference: number | null
  readonly interval: readonly [number, number] | null
  /** Labelled test images the two values rest on; null: each on all of its own. */
  readonly images: number | null
}

const COMMON_SEED = 'common images'

/**
 * Metrics of two verdicts side by side. Over the same test images and parts the stored draws pair them, pixel metrics too. Else the
 * image AUROC is measured again on the images that both have, with the labels of `b`; px cannot be, so their values
 * stand without an interval.
 */
export function pairedMetrics(a: Verdict, b: Verdict): PairedMetric[] {
  const alike = a.bootstrap.sample === b.bootstrap.sample
  return PAIRED_METRICS.flatMap((metric) => {
    const values = { metric, a: a.metrics[metric].value, b: b.metrics[metric].value }
    if (!alike && metric === 'image_auroc') return [onCommonImages(a, b)]
    if (values.a === null && values.b === null && metric !== 'image_auroc') return []
    const difference = values.a === null || values.b === null ? null : values.b - values.a
    return [{ ...values, difference, interval: alike ? pairedInterval(a, b, metric) : null, images: null }]
  })
}

/** 95 % interval of `b - a` over stored draws of the same resamples; null where there are none. */
export function pairedInterval(a: Verdict, b: Verdict, metric: MetricName): readonly [number, number] | null {
  const [before, after] = [a.bootstrap.draws[metric], b.bootstrap.draws[metric]]
  if (before === undefined || after === undefined) return null
  return differenceInterval(decodeDraws(before), decodeDraws(after))
}

export function differenceInterval(a: Float64Array, b: Float64Array): readonly [number, number] | null {
  const differences = new Float64Array(Math.min(a.length, b.length))
  for (let i = 0; i < differences.length; i++) differences[i] = b[i] - a[i]
  const interval = percentileInterval(differences, { groups: 0 })
  return interval && [interval.low, interval.high]
}

function onCommonImages(a: Verdict, b: Verdict): PairedMetric {
  const pairs = commonImages(a, b).filter(({ after }) => after.label !== 'unknown')
  const labels = pairs.map(({ after }) => after.label === 'nok')
  const groups = pairs.map(({ after: { id, part } }) => (part === undefined ? `image ${id}` : `part ${part}`))
  const [before, after] = [pairs.map((pair) => pair.before.score), pairs.map((pair) => pair.after.score)].map(
    (scores) => weightedRanking(scores, labels),
  )
  const [valueA, valueB] = [rankingAuroc(before(null)), rankingAuroc(after(null))]
  const difference = (weights: Float64Array | null): number | null => {
    const [x, y] = [rankingAuroc(before(weights)), rankingAuroc(after(weights))]
    return x === null || y === null ? null : y - x
  }
  const resamples = Math.max(a.bootstrap.resamples, b.bootstrap.resamples)
  const drawn =
    resamples === 0 || difference(null) === null
      ? null
      : bootstrapInterval({ groups, labels, seed: COMMON_SEED, resamples, statistic: difference })
  return {
    metric: 'image_auroc',
    a: valueA,
    b: valueB,
    difference: difference(null),
    interval: drawn && [drawn.low, drawn.high],
    images: pairs.length,
  }
}

export interface CommonImage {
  readonly before: VerdictItem
  readonly after: VerdictItem
}

/** Test images that stand in both, by id, in the order of `b`. */
export function commonImages(a: Verdict, b: Verdict): CommonImage[] {
  const known = new Map(a.items.filter(isTest).map((item) => [item.id, item]))
  return b.items.filter(isTest).flatMap((after) => {
    const before = known.get(after.id)
    return before === undefined ? [] : [{ before, after }]
  })
}

export const isTest = ({ split }: VerdictItem): boolean => split === 'test'
