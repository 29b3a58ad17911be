import type { Diagnostic } from '../../base/diagnostic.ts'
import { PROJECT_FILES } from '../key.ts'
import type { Bill, PlannedStage, Waiver } from '../events.ts'
import { variablesInKey } from '../command/variables.ts'
import { ownManifest } from '../own-manifest.ts'
import { ownReasons, reasonsFor } from '../reasons.ts'
import { portOf, type WorkCost } from '../../stages/stage.ts'
import type { SkippedStage, SpecStage } from '../spec/spec.ts'
import { makeBill } from './bill.ts'
import { covers, type Outcome } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { partialOutcome, type Resolved, resolveStage } from './resolve.ts'
import { accepted, restingOn, withoutOthers, withoutSpared } from './settle.ts'
import { isListStage } from './tables.ts'

/** A plan: what each stage would do, and the outcomes that are already in the cache. */
export interface Classified {
  /** Those of the run: fewer than were prepared where accepted ones spare what they rest on. */
  readonly stages: readonly SpecStage[]
  readonly planned: readonly PlannedStage[]
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Stages of which only some items are in the cache. */
  readonly partial: ReadonlyMap<string, Outcome>
  /** Stages that are due and whose inputs are known, as they were looked up. */
  readonly due: ReadonlyMap<string, Resolved>
  readonly bill: Bill
  readonly savedMs: number
  readonly waivers: readonly Waiver[]
  /** Stages that the history of the spec must not know of: what rests on accepted outputs, or has only some of its items. */
  readonly unrecorded: ReadonlySet<string>
  /** E020, E021: what `--only` and `--accept` ask for and the cache does not have. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Looks every stage up in the cache, in order: `maybe` where an input must be computed first, since it may come out the same. */
export function classify(prepared: Prepared): Classified {
  const known = {
    outcomes: new Map<string, Outcome>(),
    partial: new Map<string, Outcome>(),
    blocked: new Set<string>(),
    due: new Map<string, Resolved>(),
  }
  const byAddress = new Map<string, PlannedStage>()
  const settled = prepared.stages.map((stage) => {
    const result = accepted(classifyStage(stage, prepared, known), stage, byAddress, prepared, known)
    byAddress.set(stage.address, result.planned)
    return result
  })
  const waivers = settled.flatMap((result) => result.waivers)
  const waived = new Set(waivers.map(({ address }) => address))
  const others = withoutOthers([...byAddress.values()], prepared, known)
  const { planned, stages } = withoutSpared(others.planned, waived, prepared)
  const left = new Set(stages.map(({ address }) => address))
  return {
    stages,
    planned: [...planned, ...prepared.choice.skipped.map(skippedStage)],
    outcomes: known.outcomes,
    partial: known.partial,
    due: known.due,
    bill: makeBill(planned, known.outcomes, { ...prepared, stages }),
    savedMs: stages.reduce((total, { address }) => total + (known.outcomes.get(address)?.costMs ?? 0), 0),
    waivers: waivers.filter(({ address }) => left.has(address)),
    unrecorded: new Set([...restingOn(waived, prepared), ...others.stored]),
    diagnostics: [...settled.flatMap((result) => result.diagnostics), ...others.diagnostics],
  }
}

const skippedStage = ({ address, name, variant, kind }: SkippedStage): PlannedStage => ({
  stage: name,
  variant,
  address,
  kind,
  needs: [],
  list: false,
  plan: 'skipped',
  reasons: [],
})

interface Known {
  readonly outcomes: Map<string, Outcome>
  /** Stages of which only some items are in the cache: enough for those that read no others. */
  readonly partial: Map<string, Outcome>
  /** Stages that lack their weights, and those that need them. */
  readonly blocked: Set<string>
  readonly due: Map<string, Resolved>
}

function classifyStage(stage: SpecStage, prepared: Prepared, { outcomes, partial, blocked, due }: Known): PlannedStage {
  const common = {
    stage: stage.name,
    variant: stage.variant,
    address: stage.address,
    kind: stage.kind.kind,
    needs: Object.values(stage.bindings),
  }
  if (isListStage(stage)) {
    const table = prepared.tables.get(stage.address)!
    outcomes.set(stage.address, { stage, table, whole: {}, values: new Map(), costMs: 0 })
    return {
      ...common,
      list: true,
      plan: prepared.isKnownList(stage) ? 'fresh' : 'done',
      reasons: [],
      items: table.items.length,
    }
  }
  if (prepared.weights.missing.has(stage.address) || common.needs.some((need) => blocked.has(need))) {
    blocked.add(stage.address)
    return { ...common, list: false, plan: 'blocked', reasons: [], ...priced(prepared.costs.estimate(stage)) }
  }
  const forced = prepared.choice.forced.get(stage.address)
  const resolved = resolveFrom(stage, outcomes, prepared, partial)
  if (resolved === undefined) {
    const some = stage.kind.shape === 'each' ? resolveFrom(stage, outcomes, prepared, partial, () => true) : undefined
    const stale = staleOf(some)
    const whether =
      forced === undefined
        ? { plan: 'maybe' as const, reasons: ownReasons(stage, ownManifest(stage, prepared), prepared) }
        : { plan: 'run' as const, reasons: [forced] }
    return {
      ...common,
      list: false,
      ...whether,
      ...(stale !== undefined && { stale }),
      ...priced(prepared.costs.estimate(stage, stale)),
    }
  }
  const last = prepared.lineage.last(stage.address)
  const read = itemsRead(resolved)
  const items = read > 0 ? { items: read, ...(readsFiles(resolved) && { of: 'files' as const }) } : {}
  if (resolved.outcome !== undefined) {
    outcomes.set(stage.address, resolved.outcome)
    return {
      ...common,
      list: false,
      plan: last?.key === resolved.key ? 'fresh' : 'cached',
      key: resolved.key,
      reasons: [],
      ...items,
      estMs: 0,
      estBytes: 0,
    }
  }
  due.set(stage.address, resolved)
  const some = partialOutcome(resolved, prepared.cache)
  if (some !== undefined) partial.set(stage.address, some)
  const stale = staleOf(resolved)
  const reasons = forced === undefined ? reasonsFor(resolved, prepared) : [forced]
  return {
    ...common,
    list: false,
    plan: 'run',
    key: resolved.key,
    reasons,
    ...items,
    ...(stale !== undefined && { stale }),
    ...priced(prepared.costs.estimate(stage, stale)),
  }
}

/** Items that a stage reads: those it is computed for, or of its first per-item input. */
export const itemsRead = ({ rows, manifest }: Resolved): number =>
  rows.length > 0 ? rows.length : (Object.values(manifest.inputs).find(({ items }) => items !== undefined)?.items ?? 0)

/** Whether what `itemsRead` counts are files of the project. */
const readsFiles = ({ rows, manifest }: Resolved): boolean =>
  rows.length === 0 &&
  Object.entries(manifest.inputs).find(([, { items }]) => items !== undefined)?.[0] === PROJECT_FILES

const priced = (cost: WorkCost | undefined): Pick<PlannedStage, 'estMs' | 'estBytes'> =>
  cost === undefined ? {} : { estMs: cost.ms, estBytes: cost.bytes }

/** Items of a per-item stage that are not in the cache. */
const staleOf = (resolved: Resolved | undefined): number | undefined =>
  resolved?.kind.shape === 'each' ? resolved.rows.filter(({ record }) => record === undefined).length : undefined

/** Resolves a computing stage if all it is fed by is known; `isEnough` says when a stage with only some of its items is. */
export function resolveFrom(
  stage: SpecStage,
  outcomes: ReadonlyMap<string, Outcome>,
  prepared: Prepared,
  partial: ReadonlyMap<string, Outcome> = new Map(),
  isEnough = covers,
): Resolved | undefined {
  const { kind } = stage
  if (kind.shape === 'source' || kind.shape === 'list') return undefined
  const feeding = new Map<string, Outcome>()
  for (const [port, address] of Object.entries(stage.bindings)) {
    const some = partial.get(address)
    const outcome = outcomes.get(address) ?? (some && isEnough(some, portOf(kind, port)) ? some : undefined)
    if (outcome === undefined) return undefined
    feeding.set(port, outcome)
  }
  const { cache, spec, versions } = prepared
  return resolveStage(stage, kind, feeding, {
    cache,
    seed: spec.seed,
    ...versions,
    weights: prepared.weights.own.get(stage.address),
    environment: variablesInKey(stage, prepared.variables),
    projectFiles: prepared.projectFiles.get(stage.address),
    forced: prepared.isForced(stage),
    last: () => prepared.itemTable(stage),
  })
}
