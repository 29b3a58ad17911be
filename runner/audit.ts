import type { Diagnostic } from '../base/diagnostic.ts'
import { type Digest, digestValue } from '../base/digest.ts'
import { plural } from '../base/format.ts'
import { type ComputeContext, describe, runTask } from './compute.ts'
import type { EventBody } from './events.ts'
import type { Ended } from './execute.ts'
import { sameOutputs, some } from './other-bytes.ts'
import { resolveFrom } from './plan/classify.ts'
import type { Prepared } from './plan/prepare.ts'
import type { ResolvedRow } from './plan/outcome.ts'
import type { Resolved } from './plan/resolve.ts'
import { isListStage } from './plan/tables.ts'
import type { TaskMessage, TaskOutcome } from './task-runner.ts'

export interface AuditOptions {
  /** Of the reused items and whole stages, above 0 and up to 1; at least one of each kind. */
  readonly share: number
  readonly prepared: Prepared
  readonly ended: ReadonlyMap<string, Ended>
  readonly compute: ComputeContext
  readonly emit: (event: EventBody) => void
}

/** What of a stage is computed again: some of its items, or the whole. */
interface Sample {
  readonly resolved: Resolved
  readonly rows: readonly ResolvedRow[]
}

/**
 * Computes a share of what a run reused again and compares bytes. Nothing is written under a key: what is stored stays.
 * The choice follows the spec's seed, so a second audit looks at the same. Gives a W503 for each stage that differs.
 */
export async function auditReused(options: AuditOptions): Promise<readonly Diagnostic[]> {
  const { ended, emit, compute } = options
  const samples = chooseSamples(options)
  const differing: Diagnostic[] = []
  let items = 0
  let stages = 0
  for (const sample of samples) {
    if (compute.signal.aborted) break
    const found = await auditStage(sample, ended, compute)
    if (found !== undefined) differing.push(found)
    if (sample.resolved.kind.shape === 'each') items += sample.rows.length
    else stages++
  }
  emit({ type: 'audit', items, stages, differing: differing.length })
  return differing
}

function chooseSamples({ share, prepared, ended }: AuditOptions): Sample[] {
  const outcomes = new Map(
    [...ended].flatMap(([address, { outcome }]) => (outcome ? [[address, outcome] as const] : [])),
  )
  const reused = prepared.stages
    .filter((stage) => !isListStage(stage) && ['fresh', 'cached', 'cut-off'].includes(ended.get(stage.address)!.state))
    .flatMap((stage) => resolveFrom(stage, outcomes, prepared) ?? [])
    .filter((resolved) => resolved.outcome !== undefined)
  const draw = (key: Digest): string => digestValue('audit', [prepared.spec.seed, key])
  const chosen = <T extends { readonly key: Digest }>(all: readonly T[]): T[] =>
    [...all].sort((a, b) => (draw(a.key) < draw(b.key) ? -1 : 1)).slice(0, Math.ceil(all.length * share))
  const whole = new Set(chosen(reused.filter(({ kind }) => kind.shape === 'run')))
  return reused.flatMap((resolved) => {
    if (resolved.kind.shape === 'run') return whole.has(resolved) ? [{ resolved, rows: [] }] : []
    const rows = chosen(resolved.rows)
    return rows.length === 0 ? [] : [{ resolved, rows }]
  })
}

async function auditStage(
  { resolved, rows }: Sample,
  ended: AuditOptions['ended'],
  compute: ComputeContext,
): Promise<Diagnostic | undefined> {
  const { stage, kind } = resolved
  const differing: string[] = []
  const listen = (message: TaskMessage): void => {
    if (message.type !== 'item') return
    const row = rows.find(({ item }) => item.image.digest === message.item)
    if (row?.record !== undefined && row.record.digest !== message.stored.digest) differing.push(row.item.id)
  }
  const due = { ...resolved, rows: rows.map(({ item, key }) => ({ item, key })) }
  const result = await runTask(describe(due, compute, 'the start'), kind.runs ?? 'host', listen, compute)
  const warning = (message: string): Diagnostic => ({ code: 'W503', severity: 'warning', message, at: stage.placeOf() })
  switch (result.type) {
    case 'cancelled':
    case 'measured':
      return undefined
    case 'done': {
      if (kind.shape === 'run' && !sameOutputs(ended.get(stage.address)!.outcome!.whole, result.outputs))
        return warning(`${stage.address} gives other bytes than those stored under its key, which stay`)
      if (differing.length === 0) return undefined
      const count = `${plural(differing.length, 'item')} of ${rows.length}`
      return warning(
        `${stage.address} gives other bytes than those stored, which stay, for ${count}: ${some(differing)}`,
      )
    }
    case 'damaged':
    case 'failed':
    case 'lost':
      return warning(`${stage.address} could not be computed again: ${whyNot(result)}`)
  }
}

const whyNot = (result: Extract<TaskOutcome, { type: 'damaged' | 'failed' | 'lost' }>): string => {
  if (result.type === 'failed') return `${result.diagnostic.code} ${result.diagnostic.message}`
  return result.type === 'lost'
    ? `the task host was lost (${result.how})`
    : 'an input is damaged: pipeline cache verify'
}
