import type { Item, Split } from '../../artifacts/items.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { digestValue } from '../../base/digest.ts'
import type { Cache } from '../../cache/cache.ts'
import type { WorkCost, WorkSize } from '../../stages/stage.ts'
import { semanticSettings } from '../key.ts'
import type { SpecStage } from '../spec/spec.ts'

/** Name under which the cost of one item of an `each` stage, or of a whole `run` stage, is recorded: kind and settings, so another grid has another cost. */
export const costName = (stage: SpecStage): string =>
  digestValue('cost', {
    kind: stage.kind.kind,
    version: stage.kind.version,
    settings: semanticSettings(stage.kind, stage.settings),
  })

/** Time and bytes that computing `stale` items of a stage will take: as recorded, else as its kind estimates. */
export function estimate(
  stage: SpecStage,
  items: readonly Item[],
  stale: number | undefined,
  stages: ReadonlyMap<string, SpecStage>,
  cache: Cache,
): WorkCost | undefined {
  const port = Object.values(stage.kind.ports).find(({ splits }) => splits !== undefined)
  const reaching = port?.splits === undefined ? items : items.filter(({ split }) => port.splits!.includes(split))
  const work = stale ?? reaching.length
  const recorded = cache.index.costs.get(costName(stage))
  if (recorded !== undefined) {
    const times = stage.kind.shape === 'each' ? work : 1
    return { ms: recorded.msPerItem * times, bytes: recorded.bytesPerItem * times }
  }
  const size: WorkSize = {
    items: work,
    bySplit: countBySplit(items),
    settingsOf: (artifact) => upstreamSettings(stage, artifact, stages),
  }
  return stage.kind.cost?.(stage.settings, size)
}

function countBySplit(items: readonly Item[]): Record<Split, number> {
  const counts = { train: 0, held_out: 0, test: 0 }
  for (const { split } of items) counts[split]++
  return counts
}

function upstreamSettings(
  stage: SpecStage,
  artifact: ArtifactKind,
  stages: ReadonlyMap<string, SpecStage>,
): Readonly<Record<string, unknown>> | undefined {
  for (const address of Object.values(stage.bindings)) {
    const need = stages.get(address)!
    const found = need.kind.gives.includes(artifact) ? need.settings : upstreamSettings(need, artifact, stages)
    if (found !== undefined) return found
  }
  return undefined
}
