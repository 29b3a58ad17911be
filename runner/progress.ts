/** Half-life-like time over which the rate is smoothed. */
const SMOOTHING_MS = 5000
/** At most four progress events per stage and second. */
const EVERY_MS = 250

export interface Progress {
  readonly done: number
  readonly total: number
  readonly unit: string
  readonly rate?: number
  readonly etaMs?: number
}

/** Thins a stage's progress and adds rate and time left: after three samples and from two seconds up. */
export function progressMeter(
  report: (progress: Progress) => void,
  now: () => number = () => performance.now(),
): (done: number, total: number, unit: string) => void {
  const started = now()
  let lastReport = -Infinity
  let lastTime = started
  let lastDone = 0
  let rate: number | undefined
  let samples = 0
  return (done, total, unit) => {
    const time = now()
    if (done < total && time - lastReport < EVERY_MS) return
    const elapsed = time - lastTime
    if (elapsed > 0 && done > lastDone) {
      const current = (1000 * (done - lastDone)) / elapsed
      rate = rate === undefined ? current : rate + (current - rate) * (1 - Math.exp(-elapsed / SMOOTHING_MS))
      samples++
    }
    lastReport = lastTime = time
    lastDone = done
    const shown = samples >= 3 && time - started >= 2000
    report({ done, total, unit, ...(shown && rate !== undefined && { rate, etaMs: (1000 * (total - done)) / rate }) })
  }
}
