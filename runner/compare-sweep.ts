import { PAIRED_METRICS } from '../artifacts/verdict.ts'
import { compareVariants } from '../stages/evaluate/compare-variants.ts'
import type { VariantFigures } from './events.ts'
import type { Ended } from './execute.ts'
import type { GateOutcome, StageVerdict } from './verdicts.ts'

export interface JudgedVerdict extends StageVerdict {
  readonly gate: GateOutcome | null
}

/** The variants of a sweep side by side, in the order of the plan: empty where there is nothing to compare. */
export function compareSweep(verdicts: readonly JudgedVerdict[], ended: ReadonlyMap<string, Ended>): VariantFigures[] {
  const byStage = new Map<string, JudgedVerdict[]>()
  for (const each of verdicts) {
    const known = byStage.get(each.stage.name)
    if (known) known.push(each)
    else byStage.set(each.stage.name, [each])
  }
  return [...byStage.values()].flatMap((alike) => (alike.length < 2 ? [] : compared(alike, ended)))
}

function compared(verdicts: readonly JudgedVerdict[], ended: ReadonlyMap<string, Ended>): VariantFigures[] {
  const standings = compareVariants(verdicts.map(({ verdict }) => verdict))
  return verdicts.map(({ stage, verdict, gate }, i) => ({
    stage: stage.name,
    variant: stage.variant,
    address: stage.address,
    metrics: Object.fromEntries(
      PAIRED_METRICS.map((metric) => {
        const { value, interval } = verdict.metrics[metric]
        return [metric, { value, ...(interval && { interval }) }]
      }),
    ),
    standings: standings[i],
    gate: gate === null ? null : gate.met ? 'met' : 'missed',
    costMs: Math.round(costOf(stage.address, ended)),
  }))
}

/** What a verdict costs from nothing: every stage that it rests on, shared ones too. */
function costOf(address: string, ended: ReadonlyMap<string, Ended>): number {
  const seen = new Set<string>([address])
  let sum = 0
  for (const each of seen) {
    const outcome = ended.get(each)?.outcome
    sum += outcome?.costMs ?? 0
    for (const needed of Object.values(outcome?.stage.bindings ?? {})) seen.add(needed)
  }
  return sum
}
