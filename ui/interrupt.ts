import { countStages } from './counts.ts'
import type { RunState } from './state.ts'

/** What a signal is answered with at once: `stopping 1 stage, Ctrl-C again to quit now`. */
export function interruptLine({ rows, interrupt }: RunState): string {
  if (interrupt !== null && interrupt.count > 1) return 'quitting now'
  const { running } = countStages(rows)
  const what = running === 0 ? 'stopping' : `stopping ${running} stage${running === 1 ? '' : 's'}`
  return `${what}, Ctrl-C again to quit now`
}
