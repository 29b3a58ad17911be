import type { PlannedStage } from '../events.ts'

/** Names of the stages sure to run that a stage rests on, over stages that may. */
export function dueAbove(stage: PlannedStage, stages: readonly PlannedStage[]): string[] {
  const byAddress = new Map(stages.map((each) => [each.address, each]))
  const seen = new Set<string>()
  const due = new Set<string>()
  const waiting = [...stage.needs]
  for (const address of waiting) {
    const needed = byAddress.get(address)
    if (needed === undefined || seen.has(address)) continue
    seen.add(address)
    if (needed.plan === 'run') due.add(needed.address)
    else if (needed.plan === 'maybe') waiting.push(...needed.needs)
  }
  return [...due]
}
