import type { Diagnostic } from '../base/diagnostic.ts'
import { formatDuration } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import { placeText } from './diagnostic-line.ts'
import { sourceExcerpt } from './excerpt.ts'
import { glyphOf, type Look, paint, STATES } from './look.ts'
import { specName } from './opening.ts'
import type { ShownOutcome } from './run-ui.ts'
import type { Row, RunState } from './state.ts'

const MOST_BLOCKS = 5
const RETRY_WIDTH = 43

/** One block of lines per root failure; followers that were skipped for it are only counted elsewhere. */
export function failureBlocks(
  state: RunState,
  { sources }: ShownOutcome,
  style: { look: Look; columns: number },
): string[][] {
  const failed = state.ended.map((place) => state.rows[place]).filter(({ end }) => end?.state === 'failed')
  const blocks = failed.slice(0, MOST_BLOCKS).map((row) => failureBlock(state, row, sources, style))
  const rest = failed.slice(MOST_BLOCKS).map(({ planned }) => planned.address)
  return rest.length === 0 ? blocks : [...blocks, [`  and ${rest.length} more failed: ${rest.join(', ')}`]]
}

function failureBlock(
  state: RunState,
  row: Row,
  sources: ReadonlyMap<string, string>,
  { look, columns }: { look: Look; columns: number },
): string[] {
  const { end, planned, log, logPath } = row
  const diagnostic = end?.diagnostic
  const glyph = paint(glyphOf(STATES.failed, look), 'red', look)
  const what = diagnostic === undefined ? '' : `  ${diagnostic.code} ${sanitize(diagnostic.message)}`
  return [
    `${glyph} ${planned.address}  ${paint('failed', 'red', look)} in ${formatDuration(end?.wallMs ?? 0)}${what}`,
    ...placeLines(diagnostic, sources, columns),
    ...log.map(({ atMs, text }) => `  | ${timeOfDay(state.startedAt, atMs)} ${sanitize(text)}`),
    ...(diagnostic?.help ?? []).map((help) => `  help   ${help}`),
    ...(logPath === undefined ? [] : [`  log    ${sanitize(logPath)}`]),
    `${`  retry  ${retryCommand(state)}`.padEnd(RETRY_WIDTH)}  (what ended is kept)`,
  ]
}

function placeLines(
  diagnostic: Diagnostic | undefined,
  sources: ReadonlyMap<string, string>,
  columns: number,
): string[] {
  if (diagnostic?.at === undefined) return []
  return [`  ${placeText(diagnostic.at)}`, ...sourceExcerpt(diagnostic.at, sources.get(diagnostic.at.file), columns)]
}

/** Local time of an event: `14:09:19`. */
function timeOfDay(startedAt: string, atMs: number): string {
  const time = new Date(new Date(startedAt).getTime() + atMs)
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':')
}

const retryCommand = ({ specPath }: RunState): string =>
  `pipeline run ${/^pipelines\/[^/]+\.ya?ml$/.test(specPath) ? specName(specPath) : sanitize(specPath)}`
