import { formatClock, formatDuration } from '../../base/format.ts'
import { countStages } from '../counts.ts'
import { interruptLine } from '../interrupt.ts'
import { bar, type Look, PLAIN_LOOK, rule, spinnerAt } from '../look.ts'
import { progressText } from '../row-text.ts'
import type { Row, RunState } from '../state.ts'
import { cutEnd } from '../width.ts'
import { layoutFor, rowLine } from './layout.ts'
import { longestAddress } from './permanent.ts'
import { runEta } from './run-eta.ts'

const MOST_ROWS = 10
const MOST_RUNNING = 6
/** A terminal smaller than this gets a single line. */
const LEAST_COLUMNS = 40
const LEAST_ROWS = 12

/** The window below the permanent lines: rule, what runs, what waits, status. Never over `columns`, never over `rows - 1`. */
export function view(state: RunState, columns: number, rows: number, look: Look = PLAIN_LOOK): string[] {
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) return [cutEnd(shortLine(state), Math.max(0, columns - 1))]
  const layout = layoutFor(columns, longestAddress(state))
  const running = state.rows.filter((row) => row.state === 'running')
  const shown = running.slice(0, Math.min(MOST_RUNNING, rows - 5))
  const hidden = running.length - shown.length
  const waiting = waitingLine(state, columns, look)
  return [
    rule(columns, look),
    ...shown.map((row) => rowLine(runningCells(row, state.nowMs, layout.bar, look), layout, look)),
    ...(hidden === 0 ? [] : [`  and ${hidden} more running`]),
    ...(waiting === '' ? [] : [waiting]),
    statusLine(state, columns, look),
  ].slice(-MOST_ROWS)
}

function runningCells(row: Row, nowMs: number, barWidth: number, look: Look): Parameters<typeof rowLine>[0] {
  const { progress, planned, startedAtMs } = row
  const share =
    barWidth === 0 || progress?.total === undefined || progress.total === 0
      ? ''
      : `${bar(progress.done / progress.total, barWidth, look)} `
  return {
    glyph: spinnerAt(nowMs, look),
    name: planned.address,
    state: 'running',
    detail: `${share}${progressText(row)}`,
    time: formatDuration(nowMs - (startedAtMs ?? nowMs)),
  }
}

/** `· 17 waiting: train 2, score 5, evaluate 5, export 5`. */
function waitingLine({ rows }: RunState, columns: number, look: Look): string {
  const byStage = new Map<string, number>()
  for (const { state, planned } of rows)
    if (state === 'waiting') byStage.set(planned.stage, (byStage.get(planned.stage) ?? 0) + 1)
  const total = [...byStage.values()].reduce((sum, n) => sum + n, 0)
  if (total === 0) return ''
  const names = [...byStage].map(([stage, n]) => (n === 1 ? stage : `${stage} ${n}`))
  const text = `${look.ascii ? '.' : '·'} ${total} waiting: ${names.join(', ')}`
  return cutEnd(text, columns - 1, look.ascii ? '~' : '…')
}

/** `18:09  15/33  1 running  11 ok  1 failed  3 skipped  eta 1h 13m   Ctrl-C stop`; what does not fit is left out, the last first. */
function statusLine(state: RunState, columns: number, look: Look): string {
  const { ended, all, running, ok, failed, skipped } = countStages(state.rows)
  const eta = runEta(state)
  const count = (n: number, word: string): string[] => (n === 0 ? [] : [`${n} ${word}`])
  const parts = [
    formatClock(state.nowMs),
    `${ended}/${all}`,
    ...(state.interrupt === null ? [] : [interruptLine(state)]),
    ...count(running, 'running'),
    ...count(ok, 'ok'),
    ...count(failed, 'failed'),
    ...count(skipped, 'skipped'),
    ...(eta === undefined || state.interrupt !== null ? [] : [`eta ${formatDuration(eta)}`]),
    ...(state.interrupt === null ? [' Ctrl-C stop'] : []),
  ]
  while (parts.length > 1 && parts.join('  ').length >= columns) parts.pop()
  return cutEnd(parts.join('  '), columns - 1, look.ascii ? '~' : '…')
}

/** `18:09 15/33 train 41/60`. */
function shortLine(state: RunState): string {
  const { ended, all } = countStages(state.rows)
  const row = state.rows.find((each) => each.state === 'running')
  const { done, total } = row?.progress ?? {}
  const progress = done === undefined ? [] : [total === undefined ? String(done) : `${done}/${total}`]
  return [
    formatClock(state.nowMs),
    `${ended}/${all}`,
    ...(row === undefined ? [] : [row.planned.stage]),
    ...progress,
  ].join(' ')
}
