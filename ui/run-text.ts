import { formatBytes, formatDuration, formatScore } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { RunDocument, RunStage, RunVerdict } from '../runner/history/run-document.ts'
import { metricName } from './metric-names.ts'
import { reasonNames } from './reason-text.ts'
import { brokenAt } from './width.ts'

/** What is shown of a run: all of it, or the stages and the verdicts of one variant. */
export interface ShownRun {
  readonly document: RunDocument
  readonly stages: readonly RunStage[]
  readonly verdicts: readonly RunVerdict[]
}

const SHOWN_METRICS = ['image_auroc', 'pixel_auroc', 'pixel_aupro']

/** A run in full: what ran and on what, what it found, where each stage came from, and what went wrong. Parts that do not fit `columns` go below. */
export function runText({ document, stages, verdicts }: ShownRun, columns: number): string[] {
  const several = verdicts.length > 1
  return [
    ...brokenAt(headText(document), columns),
    ...optional('Set', document.overrides.map(sanitize)),
    ...(several ? [] : verdicts.flatMap((verdict) => brokenAt(verdictText(verdict), columns))),
    ...brokenAt(stagesText(stages), columns),
    ...brokenAt(usedText(stages), columns).filter((line) => line !== ''),
    ...stages.flatMap(failureText),
    ...refusals(document),
    ...optional('Warned', warnings(document)),
    ...optional(
      'Accepted',
      document.waivers.map(
        ({ address, run, reasons }) => `${sanitize(address)} of run ${run} (${reasonNames(reasons)})`,
      ),
    ),
    ...(document.sameAs === undefined ? [] : [`Nothing was due: results of run ${document.sameAs}`]),
  ]
}

const optional = (label: string, parts: readonly string[]): string[] =>
  parts.length === 0 ? [] : [`${label} ${parts.join('  ')}`]

function headText({ run, result, exit, spec, seed, engine, git, versions }: RunDocument): string {
  const { flawline = 'unknown', node = 'unknown' } = versions
  return [
    `Run ${run}`,
    exit === null ? result : `${result} (exit ${exit})`,
    sanitize(spec.name ?? spec.path),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(engine === undefined ? [] : [engine]),
    ...(git === null ? [] : [`git ${git.commit} (${git.dirty ? 'dirty' : 'clean'})`]),
    `flawline ${flawline}`,
    `node ${node}`,
  ].join('  ')
}

/** `Image AUROC 0.921 [0.893, 0.946]  pixel AUROC 0.791  PRO 0.604  limits 0.0280 0.0305`. */
function verdictText({ metrics, limits: { close, nok } }: RunVerdict): string {
  const scores = SHOWN_METRICS.flatMap((name) => {
    const { value, interval } = metrics[name]
    if (value === null && name !== 'image_auroc') return []
    return [`${metricName(name)} ${formatScore(value, name === 'image_auroc' ? interval : undefined)}`]
  })
  const limits = [close, nok].flatMap((limit) => (limit === null ? [] : [limit.toFixed(4)]))
  const text = [...scores, ...(limits.length === 0 ? [] : [`limits ${limits.join(' ')}`])].join('  ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** `extract 77e0c1a9 fresh  train 5ae9127c done`; what stands in several variants is counted: `train 6: 5 done, 1 failed`. */
function stagesText(stages: readonly RunStage[]): string {
  const byName = new Map<string, RunStage[]>()
  for (const stage of stages.filter(({ list }) => !list)) {
    const known = byName.get(stage.stage)
    if (known) known.push(stage)
    else byName.set(stage.stage, [stage])
  }
  return [...byName]
    .map(([name, group]) => {
      const [first] = group
      if (group.length === 1)
        return [sanitize(name), ...(first.key ? [first.key.slice(0, 8)] : []), first.state].join(' ')
      const counts = new Map<string, number>()
      for (const { state } of group) counts.set(state, (counts.get(state) ?? 0) + 1)
      return `${sanitize(name)} ${group.length}: ${[...counts].map(([state, n]) => `${n} ${state}`).join(', ')}`
    })
    .join('  ')
}

/** `Used train 41.8s 512 MB  score 3.2s`: CPU time and most memory of what ran; of several variants their sum and the most. */
function usedText(stages: readonly RunStage[]): string {
  const used = new Map<string, { cpuMs: number; rssBytes: number }>()
  for (const { stage, cpuMs, rssBytes } of stages) {
    const { cpuMs: ms, rssBytes: bytes } = used.get(stage) ?? { cpuMs: 0, rssBytes: 0 }
    used.set(stage, { cpuMs: ms + cpuMs, rssBytes: Math.max(bytes, rssBytes) })
  }
  const texts = [...used].flatMap(([name, { cpuMs, rssBytes }]) =>
    cpuMs === 0 && rssBytes === 0
      ? []
      : [[sanitize(name), formatDuration(cpuMs), ...(rssBytes > 0 ? [formatBytes(rssBytes)] : [])].join(' ')],
  )
  return texts.length === 0 ? '' : `Used ${texts.join('  ')}`
}

function failureText({ address, state, diagnostic }: RunStage): string[] {
  if (state !== 'failed' || diagnostic === undefined) return []
  return [`Failed ${sanitize(address)}  ${diagnostic.code} ${sanitize(diagnostic.message)}`]
}

/** `W222 split`, `W503 train x3`. */
function warnings({ diagnostics }: RunDocument): string[] {
  const counts = new Map<string, number>()
  for (const { diagnostic, stage } of diagnostics) {
    if (diagnostic.severity !== 'warning') continue
    const name = `${diagnostic.code}${stage === undefined ? '' : ` ${sanitize(stage)}`}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, n]) => (n === 1 ? name : `${name} x${n}`))
}

/** Errors that no stage owns: why a run was refused. */
const refusals = ({ diagnostics }: RunDocument): string[] =>
  diagnostics.flatMap(({ diagnostic: { severity, code, message }, stage }) =>
    severity === 'error' && stage === undefined ? [`Refused ${code} ${sanitize(message)}`] : [],
  )
