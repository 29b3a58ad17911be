import type { LineageRecord } from '../../cache/records.ts'
import type { KeyManifest } from '../key.ts'
import { lineageName } from '../lineage.ts'
import type { Prepared } from '../plan/prepare.ts'
import { ownChanges, placesOf } from '../reasons.ts'
import type { SpecStage } from '../spec/spec.ts'

/** Variants of a large sweep differ in few fields: among so many there is one that is near enough. */
const MOST_CANDIDATES = 64

export interface Relative {
  readonly record: LineageRecord
  /** Where it stands in this spec. */
  readonly address: string
}

/** Of the stages of this spec's last successful run, the one of the same kind with the fewest differences. */
export function nearestRelative(
  { cache, lineage, spec }: Prepared,
  stage: SpecStage,
  manifest: KeyManifest,
): Relative | undefined {
  const sameName = spec.stages.filter(({ name }) => name === stage.name)
  const others = spec.stages.filter(({ name, kind }) => name !== stage.name && kind.kind === stage.kind.kind)
  const addresses = new Set([stage.name, ...[...sameName, ...others].map(({ address }) => address)])
  addresses.delete(stage.address)
  let best: (Relative & { readonly differences: number }) | undefined
  for (const address of [...addresses].slice(0, MOST_CANDIDATES)) {
    const record = cache.index.lineage.get(lineageName(lineage, address))
    const before = record?.manifest as KeyManifest | null | undefined
    if (record === undefined || before?.kind !== manifest.kind) continue
    const own = ownChanges(stage.name, manifest, before, placesOf(stage, spec)).length
    const inputs = Object.entries(manifest.inputs).filter(([port, { digest }]) => {
      const then = (before.inputs as Readonly<Partial<KeyManifest['inputs']>>)[port]
      return then?.digest !== digest
    }).length
    const differences = own + inputs
    if (best === undefined || differences < best.differences) best = { record, address, differences }
  }
  return best
}
