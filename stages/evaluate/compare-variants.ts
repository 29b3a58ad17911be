import { decodeDraws, type MetricName, PAIRED_METRICS, type Verdict } from '../../artifacts/verdict.ts'
import { differenceInterval } from './paired-metrics.ts'

/** How a verdict stands to the best of several in one metric. */
export interface Standing {
  readonly metric: MetricName
  /** Distance to the best value, 0 or less. */
  readonly difference: number
  /** 95 %, over the same resamples; null where the two were not drawn alike. */
  readonly interval: readonly [number, number] | null
  /** `not-worse`: the interval holds 0, so the data cannot tell the two apart. */
  readonly word: 'best' | 'not-worse' | 'worse' | 'unknown'
}

/**
 * The verdicts of a sweep beside the best of them, metric by metric; the first of equal ones counts as the best. Metrics
 * that a verdict does not have are left out. The work grows with the number of verdicts.
 */
export function compareVariants(verdicts: readonly Verdict[]): Standing[][] {
  const standings = verdicts.map((): Standing[] => [])
  for (const metric of PAIRED_METRICS) {
    const values = verdicts.map(({ metrics }) => metrics[metric].value)
    const best = values.reduce<number>((at, value, i) => ((value ?? -1) > (values.at(at) ?? -1) ? i : at), 0)
    const bestValue = values.at(best) ?? null
    if (bestValue === null) continue
    const bestDraws = drawsOf(verdicts[best], metric)
    for (const [i, value] of values.entries()) {
      if (value === null) continue
      const draws =
        verdicts[i].bootstrap.sample === verdicts[best].bootstrap.sample ? drawsOf(verdicts[i], metric) : undefined
      const interval = i !== best && draws && bestDraws ? differenceInterval(bestDraws, draws) : null
      const word = i === best ? 'best' : interval === null ? 'unknown' : interval[1] >= 0 ? 'not-worse' : 'worse'
      standings[i].push({ metric, difference: value - bestValue, interval, word })
    }
  }
  return standings
}

function drawsOf({ bootstrap: { draws } }: Verdict, metric: MetricName): Float64Array | undefined {
  const text = draws[metric]
  return text === undefined ? undefined : decodeDraws(text)
}
