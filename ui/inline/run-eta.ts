import type { Row, RunState } from '../state.ts'

/**
 * What is left of the run in ms: computing stages run one after another, so recorded costs add up.
 * Undefined while a stage without history is among them.
 */
export function runEta({ rows, nowMs }: RunState): number | undefined {
  let left = 0
  for (const row of rows) {
    const own = row.state === 'waiting' ? waitingMs(row) : row.state === 'running' ? runningMs(row, nowMs) : 0
    if (own === undefined) return undefined
    left += own
  }
  return left > 0 ? left : undefined
}

const waitingMs = ({ planned }: Row): number | undefined => (planned.list ? 0 : planned.estMs)

function runningMs({ planned, progress, startedAtMs }: Row, nowMs: number): number | undefined {
  if (progress?.etaMs !== undefined) return progress.etaMs
  return planned.estMs === undefined ? undefined : Math.max(0, planned.estMs - (nowMs - (startedAtMs ?? nowMs)))
}
