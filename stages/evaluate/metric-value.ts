import type { MetricValue } from '../../artifacts/verdict.ts'
import type { Interval } from '../../metrics/bootstrap.ts'

/** A metric as verdicts hold it; `reason` says why it is undefined, `note` how to read it. */
export function metricValue(
  value: number | null,
  { reason, interval, note }: { reason: string; interval?: Interval | null | undefined; note?: string | undefined },
): MetricValue {
  if (value === null) return { value, note: reason }
  return {
    value,
    ...(interval && { interval: [interval.low, interval.high] as const }),
    ...(note !== undefined && { note }),
  }
}

/** `1 %`, `0.5 %`, `7.7 %`. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`
