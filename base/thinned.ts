/** Progress at most every `everyMs` and at its end: telling a step may cost more than the step. */
export function thinned<More extends readonly unknown[]>(
  everyMs: number,
  tell: (done: number, total: number, ...more: More) => void,
): (done: number, total: number, ...more: More) => void {
  let last = -Infinity
  return (done, total, ...more) => {
    const now = performance.now()
    if (done < total && now - last < everyMs) return
    last = now
    tell(done, total, ...more)
  }
}
