import type { Reason } from '../events.ts'
import { findRun, readRun } from '../history/find-run.ts'
import { compareLists, itemList, readsOf } from '../item-list.ts'
import type { KeyManifest } from '../key.ts'
import { ownManifest } from '../own-manifest.ts'
import { type OpenPlan, type Planned, withPlan } from '../plan.ts'
import { itemsRead, resolveFrom } from '../plan/classify.ts'
import type { Resolved } from '../plan/resolve.ts'
import {
  type Before,
  beforeOf,
  bindingOf,
  changesBetween,
  lastOf,
  listStageChanges,
  ownChanges,
  placesOf,
} from '../reasons.ts'
import type { PlanRequest } from '../request.ts'
import { findAddress } from '../select/find-address.ts'
import { withDependents } from '../select/select.ts'
import type { SpecStage } from '../spec/spec.ts'
import { dueAbove } from './due-above.ts'
import { nearestRelative } from './nearest.ts'
import { outputNotes } from './output-notes.ts'
import { startedOf } from './run-names.ts'
import { sameFields } from './same-fields.ts'
import type { RunName, SameField, WhyDocument } from './why-document.ts'
import { manifestIn, whyInRun } from './why-in-run.ts'

export interface WhyRequest {
  readonly address: string
  /** Explains this run instead of the next one. */
  readonly run?: string
  /** What to compare with, instead of the last successful run. */
  readonly against?: string
}

/** Why a stage would run, or ran: against this spec's last successful run, or the nearest stage of its kind. */
export const whyPipeline = (request: PlanRequest, asked: WhyRequest): Promise<Planned<WhyDocument>> =>
  withPlan(request, (plan) => {
    const stage = findAddress(plan.spec.stages, asked.address)
    const shared = {
      spec: { name: plan.spec.name, path: plan.spec.path },
      after: following(stage, plan.spec.stages),
    }
    if (asked.run !== undefined) return { ...shared, notes: [], ...whyInRun(plan, stage.address, asked) }
    return { ...shared, notes: outputNotes(stage, plan.spec), ...whyNext(plan, stage, asked.against) }
  })

/** The next run. */
function whyNext(
  plan: OpenPlan,
  stage: SpecStage,
  against: string | undefined,
): Omit<WhyDocument, 'spec' | 'after' | 'notes'> {
  const { prepared, classified, folders } = plan
  const planned = classified.planned.find(({ address }) => address === stage.address)!
  const resolved = resolveFrom(stage, classified.outcomes, prepared, classified.partial)
  const manifest = resolved?.manifest ?? ownManifest(stage, prepared)
  const compared = against === undefined ? lastRun(plan, stage, manifest) : earlierRun(plan, stage, against)
  const isKept = planned.plan === 'fresh' || planned.plan === 'cached'
  const since = isKept ? madeBy(plan, stage, planned.plan) : undefined
  return {
    address: stage.address,
    kind: stage.kind.kind,
    state: planned.plan,
    ...(planned.key !== undefined && { key: planned.key }),
    ...(compared && { against: compared.name }),
    ...(since !== undefined && { since: { run: since, ...startedOf(folders.runs, since) } }),
    reasons: reasonsNow(),
    ...itemsNow(resolved, planned.stale),
    same:
      compared === undefined
        ? []
        : [
            ...sameFields(manifest, compared.before.manifest, (input) => bindingOf(stage, input)),
            ...sameFeed(resolved, compared.before),
          ],
    decidedBy: planned.plan === 'maybe' ? dueAbove(planned, classified.planned) : [],
  }

  function reasonsNow(): readonly Reason[] {
    if (compared === undefined || planned.plan === 'fresh') return planned.reasons
    if (planned.list) {
      const own = ownChanges(stage.name, manifest, compared.before.manifest, placesOf(stage, plan.spec))
      return listStageChanges(stage, prepared.tables.get(stage.address)?.items ?? [], compared.before, own)
    }
    const isLast = against === undefined && compared.name.address === undefined
    if (isLast && planned.plan !== 'cached') return planned.reasons
    const places = placesOf(stage, plan.spec)
    const changes =
      resolved === undefined
        ? ownChanges(stage.name, manifest, compared.before.manifest, places)
        : changesBetween(resolved, compared.before, places)
    return against === undefined ? [...planned.reasons, ...changes] : changes
  }
}

/** The input that a per-item stage is computed over: its digest in the manifest changes with the stage's own settings. */
function sameFeed(resolved: Resolved | undefined, { manifest, list, gaveSame }: Before): SameField[] {
  if (resolved?.kind.shape !== 'each') return []
  const { over, ports } = resolved.kind
  const from = resolved.feeding.get(over)
  const then = (manifest.inputs as Readonly<Partial<KeyManifest['inputs']>>)[over]?.digest
  if (from?.key === undefined || then === resolved.manifest.inputs[over].digest || gaveSame?.(from) !== true) return []
  const before = list(over)
  const change = before && compareLists(readsOf(ports[over]), before, itemList(ports[over], from.table.items))
  const isSame = change === undefined || change.changed.length + change.added.length + change.removed.length === 0
  return isSame ? [{ name: from.stage.address, value: from.key, digest: true }] : []
}

function itemsNow(resolved: Resolved | undefined, stale: number | undefined): Pick<WhyDocument, 'items'> {
  if (resolved === undefined) return {}
  const total = itemsRead(resolved)
  const due = resolved.outcome === undefined ? (stale ?? total) : 0
  return total === 0 ? {} : { items: { total, stale: due } }
}

interface Compared {
  readonly before: Before
  readonly name: NonNullable<WhyDocument['against']>
}

/** This stage in this spec's last successful run, else the stage of its kind with the fewest differences. */
function lastRun(plan: OpenPlan, stage: SpecStage, manifest: KeyManifest): Compared | undefined {
  const { prepared, folders } = plan
  const last = prepared.lineage.last(stage.address)
  if (last !== undefined && last.manifest !== null) {
    const before = lastOf(stage.address, last, prepared)
    return { before, name: { run: last.run, key: last.key, ...startedOf(folders.runs, last.run) } }
  }
  const near = nearestRelative(prepared, stage, manifest)
  if (near === undefined) return undefined
  const { record, name: address } = near
  const started = startedOf(folders.runs, record.run)
  return { before: beforeOf(record), name: { run: record.run, key: record.key, address, ...started } }
}

function earlierRun({ folders }: OpenPlan, stage: SpecStage, text: string): Compared | undefined {
  const { run, started } = findRun(folders.runs, text)
  const document = readRun(folders.runs, run)
  const then = findAddress(document.stages, stage.address)
  const manifest = manifestIn(folders.runs, then)
  return manifest && { before: beforeOf({ manifest }), name: { run, started, key: then.key ?? '' } }
}

/** The run whose output is fresh or cached. */
function madeBy(
  { prepared, classified }: OpenPlan,
  { address }: SpecStage,
  plan: 'fresh' | 'cached',
): RunName['run'] | undefined {
  const since = prepared.lineage.last(address)?.run
  const outcome = classified.outcomes.get(address)
  return plan === 'fresh' ? since : outcome?.run
}

function following(stage: SpecStage, stages: readonly SpecStage[]): WhyDocument['after'] {
  const counts = new Map<string, number>()
  const after = withDependents(stages, [stage.address])
  for (const { address, name } of stages)
    if (address !== stage.address && after.has(address)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ stage: name, count }))
}
