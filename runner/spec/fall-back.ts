import type { ArtifactKind } from '../../artifacts/kinds.ts'
import type { StageKind } from '../../stages/stage.ts'
import type { Need } from './graph.ts'

/** What is there in one variant. */
export interface Presence {
  /** Whether a stage exists in this variant, and is fed. */
  isPresent(stage: string): boolean
  /** Kind of a present stage. */
  kindOf(stage: string): StageKind | undefined
  /** What a stage gives in the variants in which it exists. */
  givesOf(stage: string): ReadonlySet<ArtifactKind>
  needsOf(stage: string): readonly Need[]
}

/** The needs of a stage in one variant, and the kinds of artifact that went with stages that are not there. */
export interface NeedsThere {
  readonly needs: readonly Need[]
  readonly lacking: ReadonlySet<ArtifactKind>
}

/** In place of a stage that is not there come its own inputs of the kind that it gives; without one the need goes. */
export function needsThere(needs: readonly Need[], presence: Presence): NeedsThere {
  const lacking = new Set<ArtifactKind>()
  const found = new Map<string, Need>()
  for (const need of needs) {
    const feeders = feedersFor(need.stage, presence)
    if (feeders.length === 0) for (const kind of presence.givesOf(need.stage)) lacking.add(kind)
    for (const stage of feeders) {
      const name = `${need.port ?? ''}\0${stage}`
      if (!found.has(name)) found.set(name, stage === need.stage ? need : { ...need, stage })
    }
  }
  return { needs: [...found.values()], lacking }
}

function feedersFor(stage: string, presence: Presence): readonly string[] {
  if (presence.isPresent(stage)) return [stage]
  const gives = presence.givesOf(stage)
  return presence
    .needsOf(stage)
    .flatMap((need) => feedersFor(need.stage, presence))
    .filter((feeder) => presence.kindOf(feeder)?.gives.some((kind) => gives.has(kind)) ?? false)
}
