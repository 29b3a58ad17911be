/** Work that is told to stop when its time is over; `expired` says that it was. */
export async function withTimeLimit<T>(
  limitMs: number | undefined,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T; readonly expired: boolean }> {
  if (limitMs === undefined) return { result: await work(signal), expired: false }
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), limitMs)
  try {
    const result = await work(AbortSignal.any([signal, limit.signal]))
    return { result, expired: limit.signal.aborted && !signal.aborted }
  } finally {
    clearTimeout(timer)
  }
}
