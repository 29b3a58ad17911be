import { relative } from 'node:path'
import PQueue from 'p-queue'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { LineageRecord } from '../cache/records.ts'
import { type Computed, type ComputeContext, computeStage } from './compute.ts'
import type { EndState, EventBody, ItemCounts, PlannedStage, Reason, SkipCause } from './events.ts'
import { lineageName } from './lineage.ts'
import { type Classified, resolveFrom } from './plan/classify.ts'
import { type Outcome, outcomeBytes } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import type { Resolved } from './plan/resolve.ts'
import { isListStage } from './plan/tables.ts'
import { reasonsFor } from './reasons.ts'
import type { SpecStage } from './spec/spec.ts'
import { logFile } from './stage-log.ts'

/** Damage found while computing is repaired by computing the damaged input again, at most this often per stage. */
const MAX_REPAIRS = 3

const SILENT = (): void => {}

export interface ExecuteOptions {
  readonly prepared: Prepared
  readonly classified: Classified
  readonly compute: ComputeContext
  /** Light stages and commands side by side. */
  readonly jobs: number
  readonly onFailure: 'stop' | 'continue' | 'kill'
  readonly emit: (event: EventBody) => void
  /** Ends what runs at once (`--on-failure kill`). */
  readonly cancelAll: () => void
}

export interface Ended {
  readonly state: EndState
  readonly outcome?: Outcome
  readonly diagnostic?: Diagnostic
}

/** Brings every stage of a plan up to date: reuses what the cache holds, computes the rest one stage at a time, repairs what is damaged. */
export class Execution {
  readonly #options: ExecuteOptions
  readonly #planned: ReadonlyMap<string, PlannedStage>
  readonly #stages: ReadonlyMap<string, SpecStage>
  readonly #ended = new Map<string, Promise<Ended>>()
  readonly #outcomes = new Map<string, Outcome>()
  /** A stage that computes takes all cores, so one runs at a time. */
  readonly #cores = new PQueue({ concurrency: 1 })
  /** Those that do not, up to `-j` side by side. */
  readonly #light: PQueue
  #stopped = false

  constructor(options: ExecuteOptions) {
    this.#options = options
    this.#light = new PQueue({ concurrency: options.jobs })
    this.#planned = new Map(options.classified.planned.map((stage) => [stage.address, stage]))
    this.#stages = new Map(options.prepared.stages.map((stage) => [stage.address, stage]))
  }

  async run(): Promise<ReadonlyMap<string, Ended>> {
    const ended = await Promise.all(
      this.#options.prepared.stages.map(async (stage) => [stage.address, await this.#end(stage)] as const),
    )
    return new Map(ended)
  }

  /** Computes a stage again after its stored output was found damaged, without telling it as a stage of the run. */
  async repair(address: string): Promise<Outcome | undefined> {
    const stage = this.#stages.get(address)
    if (stage === undefined || isListStage(stage)) return this.#outcomes.get(address)
    if (this.#options.classified.waivers.some((waiver) => waiver.address === address)) return undefined
    const resolved = resolveFrom(stage, this.#outcomes, this.#options.prepared)!
    const outcome = resolved.outcome ?? (await this.#computed(resolved, SILENT)).outcome
    if (outcome !== undefined) this.#outcomes.set(address, outcome)
    return outcome
  }

  #end(stage: SpecStage): Promise<Ended> {
    let ended = this.#ended.get(stage.address)
    if (ended === undefined) {
      ended = this.#bring(stage)
      this.#ended.set(stage.address, ended)
    }
    return ended
  }

  async #bring(stage: SpecStage): Promise<Ended> {
    const needs = await Promise.all(
      Object.values(stage.bindings).map((address) => this.#end(this.#stages.get(address)!)),
    )
    if (needs.some(({ outcome }) => outcome === undefined)) {
      return this.#skip(stage, this.#options.compute.signal.aborted ? 'interrupted' : 'need-failed')
    }
    const known = this.#options.classified.outcomes.get(stage.address)
    if (known !== undefined) return this.#reuse(known, this.#planned.get(stage.address)!.plan as EndState)
    const resolved = resolveFrom(stage, this.#outcomes, this.#options.prepared)!
    if (resolved.outcome !== undefined)
      return this.#reuse(resolved.outcome, this.#last(resolved)?.key === resolved.key ? 'cut-off' : 'cached')
    this.#options.emit({ type: 'stage.queued', stage: stage.name, variant: stage.variant, key: resolved.key })
    const lane = (stage.kind.runs ?? 'host') === 'host' ? this.#cores : this.#light
    return await lane.add(() => this.#compute(resolved))
  }

  #last({ stage }: Resolved): LineageRecord | undefined {
    const { cache, lineage } = this.#options.prepared
    return cache.index.lineage.get(lineageName(lineage, stage.address))
  }

  /** Those of the plan, or, where the plan could only say `maybe`, what has turned out to differ. */
  #reasons(resolved: Resolved): readonly Reason[] {
    const { plan, reasons } = this.#planned.get(resolved.stage.address)!
    return plan === 'maybe' ? reasonsFor(resolved, this.#options.prepared) : reasons
  }

  #reuse(outcome: Outcome, state: EndState): Ended {
    const { stage, values, key } = outcome
    this.#outcomes.set(stage.address, outcome)
    const list = isListStage(stage)
    const total = list ? outcome.table.items.length : values.size
    const warnings = key === undefined ? [] : (this.#options.prepared.cache.index.actions.get(key)?.warnings ?? [])
    for (const diagnostic of warnings)
      this.#options.emit({
        type: 'diagnostic',
        diagnostic: { at: stage.placeOf(), ...diagnostic },
        stage: stage.name,
        variant: stage.variant,
      })
    this.#emitEnd(stage, state, {
      savedMs: outcome.costMs,
      ...(total > 0 && { items: { total, computed: 0, reused: total } }),
      ...(state === 'cached' && { source: 'local' as const }),
      ...(key && { key }),
    })
    return { state, outcome }
  }

  #skip(stage: SpecStage, cause: SkipCause): Ended {
    this.#emitEnd(stage, 'skipped', { cause })
    return { state: 'skipped' }
  }

  async #compute(resolved: Resolved): Promise<Ended> {
    const { stage, key, rows } = resolved
    const { signal, emit } = { ...this.#options, ...this.#options.compute }
    if (signal.aborted) return this.#skip(stage, 'interrupted')
    if (this.#stopped) return this.#skip(stage, 'stopped')
    const stale = rows.filter(({ record }) => record === undefined).length
    emit({
      type: 'stage.start',
      stage: stage.name,
      variant: stage.variant,
      key,
      kind: stage.kind.kind,
      kindVersion: stage.kind.version,
      attempt: 1,
      reasons: this.#reasons(resolved),
      items: { total: rows.length, stale },
      log: relative(this.#options.compute.root, logFile(this.#options.compute.runFolder, stage.address, key)),
    })
    const { computed, outcome } = await this.#computed(resolved)
    const { usage, wallMs } = computed
    const cost = { wallMs, cpuMs: usage.cpuMs, rssBytes: usage.rssBytes, key }
    if (outcome !== undefined) {
      this.#outcomes.set(stage.address, outcome)
      for (const [name, { digest, bytes }] of Object.entries(outcome.whole))
        emit({ type: 'stage.artifact', stage: stage.name, variant: stage.variant, key, name, digest, bytes })
      this.#emitEnd(stage, 'done', {
        ...cost,
        bytes: outcomeBytes(outcome),
        ...(computed.type === 'done' && computed.items && { items: computed.items }),
      })
      return { state: 'done', outcome }
    }
    if (computed.type === 'cancelled') {
      this.#emitEnd(stage, 'skipped', { ...cost, cause: 'interrupted' })
      return { state: 'skipped' }
    }
    const diagnostic =
      computed.type === 'damaged'
        ? damagedForGood(computed, stage)
        : (computed as Extract<Computed, { type: 'failed' }>).diagnostic
    this.#emitEnd(stage, 'failed', { ...cost, diagnostic })
    this.#stopped ||= this.#options.onFailure !== 'continue'
    if (this.#options.onFailure === 'kill') this.#options.cancelAll()
    return { state: 'failed', diagnostic }
  }

  /** Computes, and where an input turns out damaged, computes that input again first. */
  async #computed(resolved: Resolved, emit = this.#options.emit): Promise<{ computed: Computed; outcome?: Outcome }> {
    let current = resolved
    for (let repairs = 0; ; repairs++) {
      const computed = await computeStage(current, { ...this.#options.compute, emit })
      if (computed.type === 'done') return { computed, outcome: computed.outcome }
      if (computed.type !== 'damaged' || repairs === MAX_REPAIRS) return { computed }
      const repaired = await this.#repairInput(current.stage, computed)
      if (!repaired) return { computed }
      current = resolveFrom(current.stage, this.#outcomes, this.#options.prepared)!
    }
  }

  async #repairInput(stage: SpecStage, { digest, found }: Extract<Computed, { type: 'damaged' }>): Promise<boolean> {
    const { prepared, emit } = this.#options
    await prepared.cache.quarantine(digest)
    const producer = Object.values(stage.bindings).find((address) => {
      const outcome = this.#outcomes.get(address)
      if (outcome === undefined) return false
      const parts = prepared.cache.index.actions.get(outcome.key ?? '')?.parts ?? []
      const made = [...Object.values(outcome.whole), ...outcome.values.values(), ...parts]
      return made.some((stored) => stored.digest === digest)
    })
    emit({
      type: 'cache.corrupt',
      key: this.#outcomes.get(producer ?? '')?.key ?? '',
      artifact: producer ?? 'unknown',
      expected: digest,
      found,
    })
    emit({
      type: 'diagnostic',
      diagnostic: {
        code: 'W502',
        severity: 'warning',
        message: `a damaged cache entry of ${producer ?? 'an unknown stage'} was set aside and is computed again`,
        at: stage.placeOf(),
      },
      stage: stage.name,
      variant: stage.variant,
    })
    return producer !== undefined && (await this.repair(producer)) !== undefined
  }

  #emitEnd(
    stage: SpecStage,
    state: EndState,
    more: Partial<{
      wallMs: number
      cpuMs: number
      rssBytes: number
      bytes: number
      savedMs: number
      items: ItemCounts
      source: 'local'
      cause: SkipCause
      diagnostic: Diagnostic
      key: string
    }>,
  ): void {
    this.#options.emit({
      type: 'stage.end',
      stage: stage.name,
      variant: stage.variant,
      state,
      wallMs: 0,
      cpuMs: 0,
      rssBytes: 0,
      bytes: 0,
      savedMs: 0,
      ...more,
    })
  }
}

const damagedForGood = ({ digest }: { readonly digest: string }, stage: SpecStage): Diagnostic => ({
  code: 'E605',
  severity: 'error',
  message: `an input is damaged in the cache and could not be computed again (${digest.slice(0, 8)})`,
  at: stage.placeOf(),
  help: ['check the disk; then run again with --force'],
})
