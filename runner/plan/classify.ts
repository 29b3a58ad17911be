import type { Item } from '../../artifacts/items.ts'
import { freeBytes } from '../../cache/file-system.ts'
import type { Bill, PlannedStage, PlanWord } from '../events.ts'
import { lineageName } from '../lineage.ts'
import { reasonsFor } from '../reasons.ts'
import type { Port } from '../../stages/stage.ts'
import type { SpecStage } from '../spec/spec.ts'
import { estimate } from './estimate.ts'
import type { Outcome } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { partialOutcome, type Resolved, resolveStage } from './resolve.ts'
import { isListStage } from './tables.ts'

/** A plan: what each stage would do, and the outcomes that are already in the cache. */
export interface Classified {
  readonly planned: readonly PlannedStage[]
  readonly outcomes: ReadonlyMap<string, Outcome>
  readonly bill: Bill
  /** Item lists differ from the last successful run's, by address of the list stage. */
  readonly savedMs: number
}

/** Looks every stage up in the cache, in order: `maybe` where an input must be computed first, since it may come out the same. */
export function classify(prepared: Prepared): Classified {
  const outcomes = new Map<string, Outcome>()
  const partial = new Map<string, Outcome>()
  const blocked = new Set<string>()
  const byAddress = new Map(prepared.stages.map((stage) => [stage.address, stage]))
  const planned = prepared.stages.map((stage) =>
    classifyStage(stage, prepared, { outcomes, partial, blocked, byAddress }),
  )
  const sum = (word: PlanWord[], field: 'estMs' | 'estBytes'): number =>
    planned.filter(({ plan }) => word.includes(plan)).reduce((total, stage) => total + (stage[field] ?? 0), 0)
  const count = (...words: PlanWord[]): number => planned.filter(({ plan }) => words.includes(plan)).length
  const bill: Bill = {
    run: count('run'),
    maybe: count('maybe', 'blocked'),
    reused: count('fresh', 'cached'),
    estMs: sum(['run', 'maybe', 'blocked'], 'estMs'),
    estBytes: sum(['run', 'maybe', 'blocked'], 'estBytes'),
    freeBytes: freeBytes(prepared.cache.folder),
  }
  return { planned, outcomes, bill, savedMs: [...outcomes.values()].reduce((total, { costMs }) => total + costMs, 0) }
}

interface Known {
  readonly outcomes: Map<string, Outcome>
  /** Stages of which only some items are in the cache: enough for those that read no others. */
  readonly partial: Map<string, Outcome>
  /** Stages that lack their weights, and those that need them. */
  readonly blocked: Set<string>
  readonly byAddress: ReadonlyMap<string, SpecStage>
}

function classifyStage(
  stage: SpecStage,
  prepared: Prepared,
  { outcomes, partial, blocked, byAddress }: Known,
): PlannedStage {
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
    const cost = estimate(stage, nearestItems(stage, prepared, byAddress), undefined, byAddress, prepared.cache)
    return {
      ...common,
      list: false,
      plan: 'blocked',
      reasons: [],
      ...(cost && { estMs: cost.ms, estBytes: cost.bytes }),
    }
  }
  const resolved = resolveFrom(stage, outcomes, prepared, partial)
  if (resolved === undefined) {
    const cost = estimate(stage, nearestItems(stage, prepared, byAddress), undefined, byAddress, prepared.cache)
    return { ...common, list: false, plan: 'maybe', reasons: [], ...(cost && { estMs: cost.ms, estBytes: cost.bytes }) }
  }
  const last = prepared.cache.index.lineage.get(lineageName(prepared.lineage, stage.address))
  const items = resolved.rows.length > 0 ? { items: resolved.rows.length } : {}
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
  const some = partialOutcome(resolved, prepared.cache)
  if (some !== undefined) partial.set(stage.address, some)
  const stale =
    resolved.kind.shape === 'each' ? resolved.rows.filter(({ record }) => record === undefined).length : undefined
  const cost = estimate(stage, nearestItems(stage, prepared, byAddress), stale, byAddress, prepared.cache)
  const reasons = prepared.isForced(stage)
    ? [{ type: 'forced' as const, option: '--force' }]
    : reasonsFor(resolved, last)
  return {
    ...common,
    list: false,
    plan: 'run',
    key: resolved.key,
    reasons,
    ...items,
    ...(cost && { estMs: cost.ms, estBytes: cost.bytes }),
  }
}

/** Resolves a computing stage if all it is fed by is known. */
export function resolveFrom(
  stage: SpecStage,
  outcomes: ReadonlyMap<string, Outcome>,
  prepared: Prepared,
  partial: ReadonlyMap<string, Outcome> = new Map(),
): Resolved | undefined {
  const { kind } = stage
  if (kind.shape === 'source' || kind.shape === 'list') return undefined
  const feeding = new Map<string, Outcome>()
  for (const [port, address] of Object.entries(stage.bindings)) {
    const outcome = outcomes.get(address) ?? coveredBy(partial.get(address), kind.ports[port])
    if (outcome === undefined) return undefined
    feeding.set(port, outcome)
  }
  const { cache, spec, versions } = prepared
  return resolveStage(stage, kind, feeding, {
    cache,
    seed: spec.seed,
    ...versions,
    weights: prepared.weights.own.get(stage.address),
    forced: prepared.isForced(stage),
  })
}

/** A partial outcome, if it holds a value of every item that the port reads and its stage makes. */
function coveredBy(partial: Outcome | undefined, port: Port): Outcome | undefined {
  if (partial?.stage.kind.shape !== 'each') return undefined
  const made = partial.stage.kind.ports[partial.stage.kind.over].splits
  const read = partial.table.items.filter(
    ({ split }) => (port.splits?.includes(split) ?? true) && (made?.includes(split) ?? true),
  )
  return read.every(({ image }) => partial.values.has(image.digest)) ? partial : undefined
}

/** The items that reach a stage: those of the nearest list stage before it. */
function nearestItems(
  stage: SpecStage,
  prepared: Prepared,
  byAddress: ReadonlyMap<string, SpecStage>,
): readonly Item[] {
  const table = prepared.tables.get(stage.address)
  if (table !== undefined) return table.items
  for (const address of Object.values(stage.bindings)) {
    const found = nearestItems(byAddress.get(address)!, prepared, byAddress)
    if (found.length > 0) return found
  }
  return []
}
