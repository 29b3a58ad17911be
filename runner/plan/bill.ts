import { freeBytes } from '../../cache/file-system.ts'
import type { Bill, PlannedStage, PlanWord } from '../events.ts'
import type { Outcome } from './outcome.ts'
import { aroundMs, decodingMs } from './own-costs.ts'
import type { Prepared } from './prepare.ts'

/** What a run of this plan would take: stages as they are scheduled, new pictures to decode, and the run around them. */
export function makeBill(
  planned: readonly PlannedStage[],
  outcomes: ReadonlyMap<string, Outcome>,
  { cache, undecoded, spec, stages, jobs }: Prepared,
): Bill {
  const counts = new Map<PlanWord, number>()
  for (const { plan } of planned) counts.set(plan, (counts.get(plan) ?? 0) + 1)
  const count = (...words: PlanWord[]): number => words.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0)
  const light = new Set(stages.filter(({ kind }) => (kind.runs ?? 'host') !== 'host').map(({ address }) => address))
  const due = count('run', 'maybe', 'blocked') > 0
  const decoding = decodingMs(cache, undecoded)
  const shared = sharing(planned, outcomes, spec.variants.length)
  return {
    run: count('run'),
    maybe: count('maybe', 'blocked'),
    reused: count('fresh', 'cached'),
    estMs: due || undecoded > 0 ? decoding + scheduled(planned, light, jobs) + aroundMs(cache) : 0,
    estBytes: planned.filter(isDue).reduce((sum, { estBytes = 0 }) => sum + estBytes, 0),
    freeBytes: freeBytes(cache.folder),
    ...(undecoded > 0 && { undecoded, decodingMs: decoding }),
    ...(shared && { shared }),
  }
}

const isDue = ({ plan }: PlannedStage): boolean => plan === 'run' || plan === 'maybe' || plan === 'blocked'

/** Time in ms until the last stage ends: stages that compute one after another, light ones and commands up to `jobs` side by side. */
function scheduled(planned: readonly PlannedStage[], light: ReadonlySet<string>, jobs: number): number {
  const ends = new Map<string, number>()
  const lanes = { host: [0], light: Array.from({ length: Math.max(1, jobs) }, () => 0) }
  for (const stage of planned) {
    const ready = Math.max(0, ...stage.needs.map((need) => ends.get(need) ?? 0))
    const ms = isDue(stage) ? (stage.estMs ?? 0) : 0
    if (ms === 0) {
      ends.set(stage.address, ready)
      continue
    }
    const lane = light.has(stage.address) ? lanes.light : lanes.host
    const first = lane.indexOf(Math.min(...lane))
    lane[first] = Math.max(lane[first], ready) + ms
    ends.set(stage.address, lane[first])
  }
  return Math.max(0, ...lanes.host, ...lanes.light)
}

/** What variants have in common, and what each of them would take more by itself: nothing where there is one variant. */
function sharing(
  planned: readonly PlannedStage[],
  outcomes: ReadonlyMap<string, Outcome>,
  variants: number,
): Bill['shared'] {
  if (variants < 2) return undefined
  const stagesOf = new Map<string, number>()
  for (const { stage } of planned) stagesOf.set(stage, (stagesOf.get(stage) ?? 0) + 1)
  const groups = new Map<number, number>()
  let savedMs = 0
  for (const { stage, address, plan, estMs = 0 } of planned) {
    const served = variants / stagesOf.get(stage)!
    if (served <= 1) continue
    groups.set(served, (groups.get(served) ?? 0) + 1)
    savedMs += (served - 1) * (plan === 'fresh' || plan === 'cached' ? (outcomes.get(address)?.costMs ?? 0) : estMs)
  }
  if (groups.size === 0) return undefined
  return { variants, groups: [...groups].map(([served, stages]) => ({ stages, variants: served })), savedMs }
}
