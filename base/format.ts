/** The one place that turns quantities into text for people. */

/** `0.2s`, `41.8s` below 100 s, then `10m 56s`, `1h 07m`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 99.95) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`
}

/** Run clock: `18:09` (minutes and seconds), right-aligned by the caller. */
export function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Decimal bytes: `812 B`, `8.4 MB`, `173 MB`, `2.1 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `3,363`. */
export const formatCount = (n: number): string => n.toLocaleString('en-US')

/** `3.6/s`, `69/s`. */
export const formatRate = (perSecond: number): string =>
  `${perSecond >= 10 ? Math.round(perSecond) : perSecond >= 1 ? perSecond.toFixed(1) : perSecond.toFixed(2)}/s`

/** Metrics to three decimals, with the interval where there is one: `0.921 [0.893, 0.946]`. */
export function formatScore(value: number | null, interval?: readonly [number, number]): string {
  if (value === null) return 'n/a'
  const text = value.toFixed(3)
  return interval === undefined ? text : `${text} [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]`
}

/** `1 image`, `3 images`. */
export const plural = (n: number, noun: string): string => `${formatCount(n)} ${noun}${n === 1 ? '' : 's'}`

const AGO = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago something was: `2 days ago`, `3 hours ago`, `just now`. */
export function formatAgo(ms: number): string {
  for (const [unit, size] of AGO) if (ms >= size) return `${plural(Math.floor(ms / size), unit)} ago`
  return 'just now'
}
