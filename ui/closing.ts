import type { Diagnostic } from '../base/diagnostic.ts'
import { formatDuration, plural } from '../base/format.ts'
import { printDiagnostics } from './diagnostics.ts'
import type { Output, ShownOutcome } from './run-ui.ts'
import type { RunState } from './state.ts'
import { summary } from './summary.ts'

/** All that is left to say when a run has ended: errors that no stage owns, then the summary, or one line where nothing was due. `gap` stands before the summary. */
export function closingText(
  state: RunState,
  outcome: ShownOutcome,
  { look, columns }: Pick<Output, 'look' | 'columns'>,
  gap = '\n',
): string {
  const width = { columns: columns(), color: look.color }
  const errors = unownedErrors(state, outcome.diagnostics)
  const problems = errors.length === 0 ? '' : ensureNewline(printDiagnostics(errors, outcome.sources, width))
  if (state.end?.sameAs !== undefined) return `${problems}${upToDateLine(state, state.end.sameAs)}\n`
  const ran = state.rows.some(({ startedAtMs, end }) => startedAtMs !== undefined || end?.state === 'failed')
  if (!ran && (errors.length > 0 || state.plan === null)) return problems
  return `${problems}${gap}${summary(state, outcome, { look, columns: width.columns })}`
}

/** `Up to date: 33 stages fresh (0.3s), results of run c40b`. */
function upToDateLine({ rows, end, nowMs }: RunState, sameAs: string): string {
  const stages = plural(rows.filter(({ planned }) => planned.plan !== 'skipped').length, 'stage')
  return `Up to date: ${stages} fresh (${formatDuration(end?.wallMs ?? nowMs)}), results of run ${sameAs}`
}

/** Errors that the block of a failed stage does not tell. */
function unownedErrors({ rows }: RunState, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const owned = new Set(rows.flatMap(({ end }) => (end?.diagnostic === undefined ? [] : [identity(end.diagnostic)])))
  return diagnostics.filter((each) => each.severity === 'error' && !owned.has(identity(each)))
}

const identity = ({ code, message }: Diagnostic): string => `${code} ${message}`

const ensureNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
