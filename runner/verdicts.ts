import { decodeJson } from '../artifacts/json.ts'
import type { MetricName, Thresholds, Verdict } from '../artifacts/verdict.ts'
import { DamagedEntry } from '../cache/objects.ts'
import type { BestVariant, EventBody } from './events.ts'
import type { Ended, Execution } from './execute.ts'
import type { RunVerdict } from './history/run-document.ts'
import type { Outcome } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import type { SpecStage } from './spec/spec.ts'

/** What an `evaluate` stage of the run found. */
export interface StageVerdict {
  readonly stage: SpecStage
  readonly verdict: Verdict
  readonly thresholds: Thresholds
}

interface Repairing {
  readonly prepared: Prepared
  readonly execution: Execution
}

/** The verdicts of all stages that ended well, in the order of the plan. */
export async function readVerdicts({
  prepared,
  execution,
  ended,
}: Repairing & { readonly ended: ReadonlyMap<string, Ended> }): Promise<StageVerdict[]> {
  const { objects } = prepared.cache
  const verdicts: StageVerdict[] = []
  for (const { outcome } of ended.values()) {
    if (outcome?.whole.verdict === undefined) continue
    const read = ({ whole }: Outcome) => [objects.read(whole.verdict!.digest), objects.read(whole.thresholds!.digest)]
    const [verdict, thresholds] = (await readRepaired(outcome, read, { prepared, execution })).map(decodeJson)
    verdicts.push({ stage: outcome.stage, verdict: verdict as Verdict, thresholds: thresholds as Thresholds })
  }
  return verdicts
}

/** Reads stored bytes; where they are damaged, the stage that made them is computed again first. */
async function readRepaired<T>(
  outcome: Outcome,
  read: (outcome: Outcome) => T,
  { prepared, execution }: Repairing,
): Promise<T> {
  try {
    return read(outcome)
  } catch (error) {
    if (!(error instanceof DamagedEntry)) throw error
    await prepared.cache.quarantine(error.digest)
    const repaired = await execution.repair(outcome.stage.address)
    if (repaired === undefined) throw error
    return read(repaired)
  }
}

/** What the record keeps of a verdict. */
export const verdictFigures = ({ stage, verdict, thresholds }: StageVerdict): RunVerdict => ({
  address: stage.address,
  variant: stage.variant,
  metrics: verdict.metrics,
  limits: thresholds.image,
})

/** Whether a verdict meets all limits that its stage sets, and whether it is enough that one variant does. */
export interface GateOutcome {
  readonly met: boolean
  readonly oneIsEnough: boolean
}

/** Tells each limit of a verdict; null where its stage sets none. */
export function checkGates({ stage, verdict }: StageVerdict, emit: (event: EventBody) => void): GateOutcome | null {
  const limits = Object.entries((stage.settings.fail_under ?? {}) as Partial<Record<MetricName, number>>)
  if (limits.length === 0) return null
  const results = limits.map(([metric, threshold]) => {
    const { value, interval = null } = verdict.metrics[metric as MetricName]
    const met = value !== null && value >= threshold
    emit({ type: 'gate', stage: stage.name, variant: stage.variant, metric, op: '>=', threshold, value, interval, met })
    return met
  })
  return { met: results.every(Boolean), oneIsEnough: stage.settings.fail_under_best === true }
}

/** Whether the run misses its gates. */
export const missesGates = (gates: readonly GateOutcome[]): boolean =>
  gates.length > 0 && (gates[0].oneIsEnough ? !gates.some(({ met }) => met) : gates.some(({ met }) => !met))

/** The best verdict, by the first gate's metric, else by image AUROC. */
export function bestOf(verdicts: readonly StageVerdict[]): BestVariant | undefined {
  const first = verdicts.at(0)
  if (first === undefined) return undefined
  const by = (Object.keys(first.stage.settings.fail_under ?? {})[0] ?? 'image_auroc') as MetricName
  const value = ({ verdict }: StageVerdict): number => verdict.metrics[by].value ?? -1
  const { stage, verdict } = verdicts.reduce((best, each) => (value(each) > value(best) ? each : best))
  const baselines = Object.fromEntries(
    Object.entries(verdict.baselines.image).map(([name, metric]) => [name, metric.value]),
  )
  return { variant: stage.variant, metrics: verdict.metrics, baselines }
}
