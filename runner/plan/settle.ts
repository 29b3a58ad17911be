import type { Diagnostic } from '../../base/diagnostic.ts'
import type { PlannedStage, Reason, Waiver } from '../events.ts'
import { withDependents } from '../select/select.ts'
import { portOf } from '../../stages/stage.ts'
import type { SpecStage } from '../spec/spec.ts'
import { acceptStored } from './accept.ts'
import { covers, type Outcome } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { isListStage } from './tables.ts'

/** Outcomes as classification knows them; what is settled here is added. */
export interface Settling {
  readonly outcomes: Map<string, Outcome>
  readonly partial: Map<string, Outcome>
  readonly blocked: Set<string>
}

interface Settled {
  readonly planned: PlannedStage
  readonly waivers: readonly Waiver[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A stage that is due takes its newest stored output instead, where `--accept` says so. */
export function accepted(
  planned: PlannedStage,
  stage: SpecStage,
  before: ReadonlyMap<string, PlannedStage>,
  prepared: Prepared,
  { outcomes, partial, blocked }: Settling,
): Settled {
  const due = ['run', 'maybe', 'blocked'].includes(planned.plan)
  if (!due || !prepared.choice.accepted.has(stage.address)) return { planned, waivers: [], diagnostics: [] }
  const reasons = planned.reasons.length > 0 ? planned.reasons : reasonsBefore(planned, before)
  const taken = acceptStored(stage, reasons, prepared)
  if ('code' in taken) return { planned, waivers: [], diagnostics: [taken] }
  outcomes.set(stage.address, taken.outcome)
  partial.delete(stage.address)
  blocked.delete(stage.address)
  const settled = {
    ...planned,
    plan: 'cached' as const,
    reasons,
    key: taken.outcome.key!,
    stale: 0,
    estMs: 0,
    estBytes: 0,
  }
  return { planned: settled, waivers: [taken.waiver], diagnostics: [] }
}

/** Why the stages run that keep this one waiting. */
function reasonsBefore({ needs }: PlannedStage, before: ReadonlyMap<string, PlannedStage>): readonly Reason[] {
  const found = new Map<string, Reason>()
  const seen = new Set(needs)
  for (const need of seen) {
    const planned = before.get(need)
    if (planned === undefined || !['run', 'maybe', 'blocked'].includes(planned.plan)) continue
    for (const reason of planned.reasons) found.set(JSON.stringify(reason), reason)
    for (const further of planned.needs) seen.add(further)
  }
  return [...found.values()]
}

/** Without the stages that only accepted ones rest on: nothing of them is needed. List stages stay, they cost nothing. */
export function withoutSpared(
  planned: readonly PlannedStage[],
  waived: ReadonlySet<string>,
  { stages, choice }: Prepared,
): { planned: readonly PlannedStage[]; stages: readonly SpecStage[] } {
  if (waived.size === 0) return { planned, stages }
  const byAddress = new Map(stages.map((stage) => [stage.address, stage]))
  const kept = new Set([...choice.targets].filter((address) => byAddress.has(address)))
  for (const stage of stages) if (isListStage(stage)) kept.add(stage.address)
  for (const address of kept) {
    if (waived.has(address)) continue
    for (const need of Object.values(byAddress.get(address)!.bindings)) kept.add(need)
  }
  const keptBindings = (stage: SpecStage): SpecStage['bindings'] =>
    Object.fromEntries(Object.entries(stage.bindings).filter(([, need]) => kept.has(need)))
  return {
    planned: planned
      .filter(({ address }) => kept.has(address))
      .map((stage) => ({ ...stage, needs: stage.needs.filter((need) => kept.has(need)) })),
    stages: stages
      .filter(({ address }) => kept.has(address))
      .map((stage) => (waived.has(stage.address) ? { ...stage, bindings: keptBindings(stage) } : stage)),
  }
}

/** Everything that rests on accepted outputs: no run remembers it as what the spec gives. */
export const restingOn = (waived: ReadonlySet<string>, { stages }: Prepared): ReadonlySet<string> =>
  waived.size === 0 ? waived : withDependents(stages, waived)

/**
 * With `--only`, nothing else runs: what is needed of other stages must be in the cache, of a per-item stage at least the
 * items that are read. E020 for each input that is not.
 */
export function withoutOthers(
  planned: readonly PlannedStage[],
  { stages, choice: { only } }: Prepared,
  { outcomes, partial }: Settling,
): { planned: readonly PlannedStage[]; stored: ReadonlySet<string>; diagnostics: readonly Diagnostic[] } {
  if (only === undefined) return { planned, stored: new Set(), diagnostics: [] }
  const stored = new Set<string>()
  for (const { address } of stages) {
    const some = partial.get(address)
    if (only.has(address) || outcomes.has(address) || some === undefined) continue
    outcomes.set(address, some)
    stored.add(address)
  }
  const missing = new Map<string, Diagnostic>()
  for (const stage of stages.filter(({ address }) => only.has(address))) {
    for (const [port, need] of Object.entries(stage.bindings)) {
      if (only.has(need) || missing.has(need)) continue
      const outcome = outcomes.get(need)
      const isThere = outcome !== undefined && (!stored.has(need) || covers(outcome, portOf(stage.kind, port)))
      if (!isThere)
        missing.set(need, {
          code: 'E020',
          severity: 'error',
          message: `${stage.address} needs ${need}, which is not in the cache`,
          at: stage.placeOf(),
          help: [`bring it up to date first with --until ${need}, or leave --only out`],
        })
    }
  }
  const settled = planned.map((stage) =>
    stored.has(stage.address)
      ? { ...stage, plan: 'cached' as const, reasons: [], stale: 0, estMs: 0, estBytes: 0 }
      : stage,
  )
  return { planned: settled, stored, diagnostics: [...missing.values()] }
}
