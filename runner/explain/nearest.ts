import type { LineageRecord } from '../../cache/records.ts'
import { recordsOf } from '../../cache/records-of.ts'
import type { KeyManifest } from '../key.ts'
import type { Prepared } from '../plan/prepare.ts'
import { ownChanges, placesOf } from '../reasons.ts'
import type { SpecStage } from '../spec/spec.ts'

/** Variants of a large sweep differ in few fields: among so many there is one that is near enough. */
const MOST_CANDIDATES = 64
/** Records of other specs looked at for one of the kind. */
const MOST_RECORDS = 4000

export interface Relative {
  readonly record: LineageRecord
  /** Its address where it is one of this spec, else its kind. */
  readonly name: string
}

/** Of the stages of successful runs, one of the same kind with the fewest differences: of this spec, else of any. */
export function nearestRelative(prepared: Prepared, stage: SpecStage, manifest: KeyManifest): Relative | undefined {
  const distance = ({ record }: Relative): number => {
    const before = record.manifest as KeyManifest
    const inputs: Readonly<Partial<KeyManifest['inputs']>> = before.inputs
    const differing = Object.entries(manifest.inputs).filter(([port, { digest }]) => inputs[port]?.digest !== digest)
    return ownChanges(stage.name, manifest, before, placesOf(stage, prepared.spec)).length + differing.length
  }
  const own = relatives(prepared, stage, manifest.kind)
  const candidates = own.length > 0 ? own : strangers(prepared, manifest.kind)
  return candidates
    .map((relative) => ({ relative, distance: distance(relative) }))
    .reduce<{ relative?: Relative; distance: number }>((a, b) => (b.distance < a.distance ? b : a), {
      distance: Infinity,
    }).relative
}

function relatives({ lineage, spec }: Prepared, stage: SpecStage, kind: string): Relative[] {
  const sameName = spec.stages.filter(({ name }) => name === stage.name)
  const others = spec.stages.filter((other) => other.name !== stage.name && other.kind.kind === kind)
  const addresses = new Set([stage.name, ...[...sameName, ...others].map(({ address }) => address)])
  addresses.delete(stage.address)
  return [...addresses].slice(0, MOST_CANDIDATES).flatMap((name): Relative[] => {
    const record = lineage.last(name)
    return record !== undefined && isOfKind(record, kind) ? [{ record, name }] : []
  })
}

function strangers({ cache }: Prepared, kind: string): Relative[] {
  const found: Relative[] = []
  for (const { value } of recordsOf(cache.index.lineage, { limit: MOST_RECORDS })) {
    if (isOfKind(value, kind)) found.push({ record: value, name: kind })
    if (found.length === MOST_CANDIDATES) break
  }
  return found
}

const isOfKind = ({ manifest }: LineageRecord, kind: string): boolean => (manifest as KeyManifest | null)?.kind === kind
