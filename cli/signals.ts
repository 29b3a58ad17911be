import { exitOfSignal, STOP_SIGNALS, type StopSignal } from './exit-codes.ts'

/** A second signal within this time is the same keypress, or the terminal telling the whole group. */
const SECOND_AFTER_MS = 300
/** Time for children to be killed and the terminal to be restored before the process leaves anyway. */
const LEAVE_AFTER_MS = 2000

export interface SignalWatch {
  /** The first signal, its name as the reason: start nothing, cancel what runs. */
  readonly stop: AbortSignal
  /** The second: kill children at once. */
  readonly kill: AbortSignal
  /** Where signals go, and Ctrl-C as a byte. */
  readonly interrupt: (signal: StopSignal) => void
  /** The signal that was received first. */
  received(): StopSignal | undefined
  release(): void
}

/** Takes SIGHUP, SIGINT and SIGTERM for an orderly stop. `leave` ends the process where the stop does not come to an end. */
export function watchSignals(
  leave: (exit: number) => void = (exit) => process.exit(exit),
  now: () => number = () => performance.now(),
): SignalWatch {
  const stop = new AbortController()
  const kill = new AbortController()
  let first: { signal: StopSignal; atMs: number } | undefined

  const interrupt = (signal: StopSignal): void => {
    if (first === undefined) {
      first = { signal, atMs: now() }
      stop.abort(signal)
    } else if (now() - first.atMs >= SECOND_AFTER_MS && !kill.signal.aborted) {
      kill.abort(signal)
      const exit = exitOfSignal(first.signal)
      setTimeout(() => leave(exit), LEAVE_AFTER_MS).unref()
    }
  }
  for (const signal of STOP_SIGNALS) process.on(signal, interrupt)
  return {
    stop: stop.signal,
    kill: kill.signal,
    interrupt,
    received: () => first?.signal,
    release: () => {
      for (const signal of STOP_SIGNALS) process.off(signal, interrupt)
    },
  }
}
