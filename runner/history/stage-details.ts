import type { Ended } from '../execute.ts'
import type { Prepared } from '../plan/prepare.ts'
import type { StageDetails } from './run-document.ts'

/** What the record holds of every stage that ended, beyond its events: the key's pre-image, what came out, and whose work it is. */
export function stageDetails(
  ended: ReadonlyMap<string, Ended>,
  run: string,
  { lineage, stages }: Prepared,
): ReadonlyMap<string, StageDetails> {
  return new Map(
    stages.map(({ address, kind }) => {
      const { state, outcome } = ended.get(address) ?? {}
      const version = { kindVersion: kind.version, artifacts: {} }
      if (outcome === undefined) return [address, version]
      const { manifest, run: maker, whole } = outcome
      const since = state === 'fresh' ? lineage.last(address)?.run : undefined
      const details: StageDetails = {
        ...version,
        artifacts: whole,
        ...(manifest && (since === undefined ? { manifest } : { freshSince: since })),
        ...(maker !== undefined && maker !== run && { sourceRun: maker }),
      }
      return [address, details]
    }),
  )
}
