import { formatBytes, formatDuration, formatScore } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import { shownPath } from '../base/shown-path.ts'
import type { BestVariant } from '../runner/events.ts'
import { comparisonTable } from './comparison-table.ts'
import { countStages } from './counts.ts'
import { failureBlocks } from './failure-block.ts'
import { type Look, paint, STATES } from './look.ts'
import { formatLimit, metricName } from './metric-names.ts'
import { reasonNames } from './reason-text.ts'
import type { ShownOutcome } from './run-ui.ts'
import type { RunState } from './state.ts'
import { brokenAt } from './width.ts'

/** Metrics worth a place in the summary; the page and the record have all. */
const SHOWN_METRICS = ['image_auroc', 'pixel_auroc', 'pixel_aupro']
const LABEL_WIDTH = 9
/** Variants of a sweep in the summary; `pipeline show` and the outputs folder have all. */
const SHOWN_VARIANTS = 12

interface SummaryStyle {
  readonly look: Look
  readonly columns: number
}

/** What stays on the terminal after a run: a block for each root failure, then aligned lines; empty ones are left out. */
export function summary(state: RunState, outcome: ShownOutcome, style: SummaryStyle): string {
  const lines = (
    [
      ['Stages', stagesText(state, style.look)],
      [severalVariants(state) ? 'Best' : 'Metrics', metricsText(state)],
      ['Baselines', baselinesText(state.end?.best)],
      ...gateTexts(state).map((text) => ['Gate', text] as const),
      ['Warned', warnedText(state)],
      ['Accepted', acceptedText(state)],
      ['Stopped', stoppedText(state)],
      ['Time', timeText(state)],
      ['Used', usedText(state)],
      ['Outputs', (state.end?.outputs ?? []).map((path) => sanitize(shownPath(path, outcome.cwd))).join('  ')],
      ['Run', runText(state, outcome)],
    ] as const
  ).filter(([, text]) => text !== '')
  const labelWidth = Math.max(LABEL_WIDTH, ...lines.map(([label]) => label.length + 2))
  const blocks = failureBlocks(state, outcome, style)
  const variants = comparisonTable(state.comparison, {
    ...style,
    columns: style.columns - 1,
    by: state.gates.at(0)?.metric,
    most: SHOWN_VARIANTS,
  })
  return [
    ...blocks.flatMap((block) => [...block, '']),
    ...variants.map((line) => ` ${line}`.trimEnd()),
    ...(variants.length === 0 ? [] : ['']),
    ...lines.flatMap(([label, text]) =>
      brokenAt(text, style.columns - labelWidth - 2).map(
        (part, i) => ` ${(i === 0 ? label : '').padEnd(labelWidth)}${part}`,
      ),
    ),
    '',
  ].join('\n')
}

/** `29 ok (24 done, 5 fresh) | 1 failed | 3 skipped | 33 in all`. */
function stagesText({ rows }: RunState, look: Look): string {
  const counts = countStages(rows)
  if (counts.all === 0) return ''
  const okParts = counts.okParts.map(([state, n]) => `${n} ${state}`).join(', ')
  const part = (n: number, word: 'failed' | 'skipped'): string[] =>
    n === 0 ? [] : [paint(`${n} ${word}`, STATES[word].colour, look)]
  return [
    ...(counts.ok === 0 ? [] : [`${paint(`${counts.ok} ok`, 'green', look)} (${okParts})`]),
    ...part(counts.failed, 'failed'),
    ...part(counts.skipped, 'skipped'),
    ...(counts.waiting + counts.running === 0 ? [] : [`${counts.waiting + counts.running} not reached`]),
    `${counts.all} in all`,
  ].join(' | ')
}

const severalVariants = ({ plan }: RunState): boolean => (plan?.variants ?? 1) > 1

function metricsText(state: RunState): string {
  const best = state.end?.best
  if (best === undefined) return ''
  const scores = SHOWN_METRICS.flatMap((name) => {
    const metric = Object.entries(best.metrics).find(([known]) => known === name)?.[1]
    return metric === undefined || (metric.value === null && name !== 'image_auroc')
      ? []
      : [`${metricName(name)} ${formatScore(metric.value, name === 'image_auroc' ? metric.interval : undefined)}`]
  })
  return [...(severalVariants(state) ? [variantText(state, best)] : []), ...scores].join('  ')
}

/** The variant as the spec spells it. */
function variantText({ rows }: RunState, { variant }: BestVariant): string {
  const wanted = JSON.stringify(variant)
  const address = rows.find(({ planned }) => JSON.stringify(planned.variant) === wanted)?.planned.address
  return (
    address?.split('@')[1] ??
    Object.entries(variant)
      .map(([axis, value]) => `${axis}=${String(value)}`)
      .join(',')
  )
}

/** Trivial statistics beside the result: who comes near them has learnt little. */
function baselinesText(best: BestVariant | undefined): string {
  return Object.entries(best?.baselines ?? {})
    .flatMap(([name, value]) => (value === null ? [] : [`${metricName(name)} ${formatScore(value)}`]))
    .join('  ')
}

/** `image_auroc >= 0.90 met by 4 of 5`, one line per gate. */
function gateTexts({ gates }: RunState): string[] {
  const names = [...new Set(gates.map(({ metric, op, threshold }) => `${metric} ${op} ${formatLimit(threshold)}`))]
  return names.map((name) => {
    const same = gates.filter(({ metric, op, threshold }) => `${metric} ${op} ${formatLimit(threshold)}` === name)
    const [first] = same
    if (same.length > 1) return `${name} met by ${same.filter(({ met }) => met).length} of ${same.length}`
    return `${name} ${first.met ? 'met' : 'missed'}: ${formatScore(first.value, first.interval ?? undefined)}`
  })
}

/** `1: W222 split`. */
function warnedText({ diagnostics }: RunState): string {
  const warnings = diagnostics.filter(({ diagnostic }) => diagnostic.severity === 'warning')
  if (warnings.length === 0) return ''
  const names = warnings.map(({ diagnostic, stage }) =>
    [diagnostic.code, ...(stage === undefined ? [] : [stage])].join(' '),
  )
  return `${warnings.length}: ${[...new Set(names)].join(', ')}`
}

/** `sample (input-changed)`; the variants of a stage as one. */
function acceptedText({ end }: RunState): string {
  const texts = (end?.waivers ?? []).map(({ stage, reasons }) => `${stage} (${reasonNames(reasons)})`)
  return [...new Set(texts)].join('  ')
}

const SIGNAL_NAMES: Readonly<Record<string, string>> = { SIGINT: 'Ctrl-C' }

function stoppedText({ interrupt }: RunState): string {
  return interrupt === null ? '' : `by ${SIGNAL_NAMES[interrupt.signal] ?? interrupt.signal}; run again to go on`
}

function timeText({ end, nowMs }: RunState): string {
  const saved = end === null || end.savedMs < 50 ? '' : `  (saved ${formatDuration(end.savedMs)})`
  return `${formatDuration(end?.wallMs ?? nowMs)}${saved}`
}

/** CPU time below which nobody asks, ms. */
const WORTH_TELLING_MS = 1000

/** `1h 2m of CPU  512 MB at most (train)`: of the stages that ran. */
function usedText({ rows }: RunState): string {
  const ends = rows.flatMap(({ end }) => end ?? [])
  const cpuMs = ends.reduce((sum, end) => sum + end.cpuMs, 0)
  if (cpuMs < WORTH_TELLING_MS) return ''
  const most = ends.reduce((a, b) => (b.rssBytes > a.rssBytes ? b : a))
  return `${formatDuration(cpuMs)} of CPU${most.rssBytes === 0 ? '' : `  ${formatBytes(most.rssBytes)} at most (${sanitize(most.stage)})`}`
}

function runText({ run, plan }: RunState, { recordPath }: ShownOutcome): string {
  return [
    run,
    ...(plan === null ? [] : [`seed ${plan.seed}`, plan.engine]),
    ...(recordPath === undefined ? [] : [sanitize(recordPath)]),
  ].join('  ')
}
