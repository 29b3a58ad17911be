import { csvText } from '../base/csv.ts'
import { formatCount, formatDuration, formatScore } from '../base/format.ts'
import { markdownTable } from '../base/markdown.ts'
import { formatMoment } from '../base/moment.ts'
import { sanitize } from '../base/sanitize.ts'
import type { RunSummary } from '../runner/history/summarize.ts'
import { METRICS } from './metric-names.ts'
import { alignedTable } from './table.ts'

const HEADING = ['RUN', 'SPEC', 'STARTED', 'RESULT', 'STAGES', 'TIME', 'IMAGE AUROC', 'GATE']

/** Runs, a line each; `now` decides which are of today. */
export const runsTable = (runs: readonly RunSummary[], now: Date): string[] =>
  alignedTable(
    HEADING,
    runs.map((run) => cells(run, now)),
  )

/** The same as Markdown. */
export const runsMarkdown = (runs: readonly RunSummary[], now: Date): string[] =>
  markdownTable(
    HEADING.map((name) => name.toLowerCase()),
    runs.map((run) => cells(run, now)),
  )

function cells(run: RunSummary, now: Date): string[] {
  const { spec, overrides, started, result, ok, failed, wallMs, metrics } = run
  const auroc = metrics?.image_auroc
  return [
    run.run,
    sanitize(overrides.length === 0 ? spec : `${spec} +${overrides.length}`),
    formatMoment(new Date(started), now),
    result,
    [...(ok === 0 ? [] : [`${formatCount(ok)} ok`]), ...(failed === 0 ? [] : [`${formatCount(failed)} failed`])].join(
      ', ',
    ),
    formatDuration(wallMs),
    auroc === undefined ? '' : formatScore(auroc.value, auroc.interval),
    gateText(run),
  ]
}

/** `met by 4 of 5`, `met`, `missed`, `none set`; nothing where no verdict was reached. */
function gateText({ gate }: RunSummary): string {
  if (gate === null) return ''
  if (gate.of === 0) return 'none set'
  if (gate.of === 1) return gate.met === 1 ? 'met' : 'missed'
  return `met by ${gate.met} of ${gate.of}`
}

/** Runs with all metrics of their best variant, for other programs: moments in UTC, times in ms. */
export function runsCsv(runs: readonly RunSummary[]): string {
  const heading = ['run', 'spec', 'overrides', 'started', 'result', 'exit', 'ok', 'failed', 'wall_ms', 'variants']
  return csvText([
    [...heading, ...METRICS, 'image_auroc_low', 'image_auroc_high', 'gates_met', 'gates'],
    ...runs.map((run) => [
      run.run,
      run.spec,
      run.overrides.join(' '),
      run.started,
      run.result,
      run.exit,
      run.ok,
      run.failed,
      run.wallMs,
      run.variants,
      ...METRICS.map((name) => run.metrics?.[name]?.value ?? null),
      ...(run.metrics?.image_auroc.interval ?? [null, null]),
      run.gate?.met ?? null,
      run.gate?.of ?? null,
    ]),
  ])
}
