/**
 * A sign of life of a task host. It comes from a thread that does nothing else, so it says that the process exists, is
 * not stopped, and gets time from the system. It does not say that the event loop turns: native code may rightly hold
 * that for minutes; a stage that hangs is a matter of its time limit.
 */
export interface Beat {
  readonly rssBytes: number
  /** Since the running task began. */
  readonly peakBytes: number
}

export const BEAT_EVERY_MS = 200
/** File descriptor of the host on which it beats. */
export const BEAT_FD = 4
