import { formatDuration } from '../../base/format.ts'
import { glyphOf, type Look, STATES } from '../look.ts'
import { resultText, wallText } from '../row-text.ts'
import type { Row, RunState } from '../state.ts'
import { layoutFor, rowLine } from './layout.ts'

/** A fan-out wider than this gives one line at its end instead of one per part. */
const MOST_LINES_OF_A_FAN_OUT = 12
/** Parts of a fan-out that end well within this time are told by one line for all of them. */
const SHORT_MS = 2000

/** A line that stays: an ended stage, or a fan-out that ended as a whole. */
export type Permanent =
  | { readonly type: 'stage'; readonly row: Row }
  | { readonly type: 'fan-out'; readonly name: string; readonly rows: readonly Row[] }

/**
 * What has fallen due from the `from`-th ended stage on. A later state only ever adds to the list, so
 * a screen prints each entry once. Skipped stages are counted, not told.
 */
export function permanentSince(state: RunState, from: number): Permanent[] {
  const entries: Permanent[] = []
  for (let i = from; i < state.ended.length; i++) {
    const row = state.rows[state.ended[i]]
    const parts = state.rows.filter(({ planned }) => planned.stage === row.planned.stage)
    if (row.state !== 'skipped' && !isFolded(row, parts.length)) entries.push({ type: 'stage', row })
    const folded = parts.filter((part) => isFolded(part, parts.length))
    if (folded.length > 0 && isLastOfFanOut(state, i, parts))
      entries.push({ type: 'fan-out', name: row.planned.stage, rows: folded })
  }
  return entries
}

/** Whether with the `i`-th end all parts of its fan-out have ended. */
function isLastOfFanOut(state: RunState, i: number, parts: readonly Row[]): boolean {
  const [{ planned }] = parts
  return (
    parts.every(({ end }) => end !== undefined) &&
    state.ended.slice(i + 1).every((place) => state.rows[place].planned.stage !== planned.stage)
  )
}

function isFolded(row: Row, parts: number): boolean {
  if (parts === 1 || row.state === 'failed' || row.state === 'skipped') return false
  return parts > MOST_LINES_OF_A_FAN_OUT || (row.end?.wallMs ?? 0) < SHORT_MS
}

/** `✓ pca                              done     3 variants                  3.6s`. */
export function permanentLine(entry: Permanent, state: RunState, columns: number, look: Look): string {
  const layout = layoutFor(columns, longestAddress(state))
  if (entry.type === 'stage') {
    const { row } = entry
    const glyph = glyphOf(STATES[row.state], look)
    return rowLine(
      { glyph, name: row.planned.address, state: row.state, detail: resultText(row), time: wallText(row) },
      layout,
      look,
    )
  }
  const { rows, name } = entry
  const word = rows.find((row) => row.state === 'done')?.state ?? rows[0].state
  const reused = rows.filter((row) => row.state !== word).length
  const detail = `${rows.length} variants${reused === 0 ? '' : `, ${reused} reused`}`
  const wallMs = rows.reduce((sum, { end }) => sum + (end?.wallMs ?? 0), 0)
  const time = word === 'done' ? formatDuration(wallMs) : ''
  return rowLine({ glyph: glyphOf(STATES[word], look), name, state: word, detail, time }, layout, look)
}

export const longestAddress = ({ rows }: RunState): number =>
  rows.reduce((longest, { planned }) => Math.max(longest, planned.address.length), 0)
