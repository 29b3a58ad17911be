import type { Diagnostic } from '../base/diagnostic.ts'
import { unreachable } from '../base/unreachable.ts'
import { attemptStage, type AttemptContext, type Made } from './attempt.ts'
import type { ComputeContext } from './compute.ts'
import type { EndState, EventBody, PlannedStage, Reason, SkipCause } from './events.ts'
import { LeasePool } from './lease-pool.ts'
import { type Classified, resolveFrom } from './plan/classify.ts'
import { type Outcome, outcomeBytes } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import { lookAgain, type Resolved } from './plan/resolve.ts'
import { isListStage } from './plan/tables.ts'
import { reasonsFor } from './reasons.ts'
import { Repairs } from './repair.ts'
import type { Resources } from './resources.ts'
import type { SpecStage } from './spec/spec.ts'

export interface ExecuteOptions {
  readonly prepared: Prepared
  readonly classified: Classified
  /** Its signal is that of the run: a person's stop. */
  readonly compute: ComputeContext
  /** Light stages and commands side by side. */
  readonly jobs: number
  readonly resources: Resources
  /** A lock that another process holds is a failure. */
  readonly noWait: boolean
  readonly onFailure: 'stop' | 'continue' | 'kill'
  /** Stored logs of reused stages are told again. */
  readonly replayLogs: boolean
  readonly emit: (event: EventBody) => void
}

export interface Ended {
  readonly state: EndState
  readonly outcome?: Outcome
  readonly diagnostic?: Diagnostic
  readonly cause?: SkipCause
}

type StageEnd = Extract<EventBody, { type: 'stage.end' }>

/** Brings every stage of a plan up to date: reuses what the cache holds, computes the rest as room allows, repairs what is damaged. */
export class Execution {
  readonly #options: ExecuteOptions
  readonly #compute: ComputeContext
  readonly #planned: ReadonlyMap<string, PlannedStage>
  readonly #stages: ReadonlyMap<string, SpecStage>
  readonly #ended = new Map<string, Promise<Ended>>()
  readonly #outcomes = new Map<string, Outcome>()
  /** Stages being computed, by base key: equal work is done once. */
  readonly #making = new Map<string, Promise<Ended>>()
  readonly #pool: LeasePool
  readonly #repairs: Repairs
  /** Ends what runs. */
  readonly #cancel = new AbortController()
  /** Ends what waits. */
  readonly #halted = new AbortController()

  constructor(options: ExecuteOptions) {
    const { prepared, classified, compute } = options
    this.#options = options
    this.#compute = { ...compute, signal: AbortSignal.any([compute.signal, this.#cancel.signal]) }
    this.#planned = new Map(classified.planned.map((stage) => [stage.address, stage]))
    this.#stages = new Map(prepared.stages.map((stage) => [stage.address, stage]))
    this.#pool = new LeasePool(options.jobs, options.resources)
    const accepted = new Set(classified.waivers.map(({ address }) => address))
    this.#repairs = new Repairs(prepared, this.#outcomes, accepted)
  }

  async run(): Promise<ReadonlyMap<string, Ended>> {
    const { signal } = this.#options.compute
    const onStop = (): void => this.#halt()
    if (signal.aborted) onStop()
    signal.addEventListener('abort', onStop)
    const ended = await Promise.all(
      this.#options.prepared.stages.map(async (stage) => [stage.address, await this.#end(stage)] as const),
    )
    signal.removeEventListener('abort', onStop)
    return new Map(ended)
  }

  /** Computes a stage again after its stored output was found damaged, without telling it as a stage of the run. */
  repair(address: string): Promise<Outcome | undefined> {
    return this.#repairs.repair(address, this.#compute)
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
    const missing = needs.filter(({ outcome }) => outcome === undefined)
    if (missing.length > 0) return this.#skip(stage, causeAfter(missing))
    const known = this.#options.classified.outcomes.get(stage.address)
    if (known !== undefined) return this.#reuse(known, this.#planned.get(stage.address)!.plan as EndState)
    const resolved = this.#resolve(stage)
    if (resolved.outcome !== undefined) return this.#found(resolved, resolved.outcome)
    this.#options.emit({ type: 'stage.queued', stage: stage.name, variant: stage.variant, key: resolved.key })
    return this.#make(resolved)
  }

  /** As the plan did, unless other inputs than it knew have come; the cache is looked into again. */
  #resolve(stage: SpecStage): Resolved {
    const { prepared, classified } = this.#options
    const planned = classified.due.get(stage.address)
    const isAsPlanned =
      planned !== undefined &&
      Object.entries(stage.bindings).every(([port, need]) => planned.feeding.get(port) === this.#outcomes.get(need))
    if (!isAsPlanned) return resolveFrom(stage, this.#outcomes, prepared)!
    return prepared.isForced(stage) ? planned : lookAgain(planned, prepared.cache)
  }

  /** Computes a stage, or takes what an equal one, that is being computed, gives. */
  async #make(resolved: Resolved): Promise<Ended> {
    const { stage, base, key, table } = resolved
    const equal = this.#making.get(base)
    if (equal !== undefined) {
      const { outcome } = await equal
      if (outcome?.key === key) return this.#found(resolved, { ...outcome, stage, table })
      const again = resolveFrom(stage, this.#outcomes, this.#options.prepared)!
      return again.outcome === undefined ? this.#make(again) : this.#found(again, again.outcome)
    }
    const making = attemptStage(resolved, this.#attemptContext(), (made) => this.#tell(resolved, made))
    this.#making.set(base, making)
    try {
      return await making
    } finally {
      this.#making.delete(base)
    }
  }

  #attemptContext(): AttemptContext {
    const { prepared, emit, noWait } = this.#options
    return {
      prepared,
      emit,
      noWait,
      compute: this.#compute,
      pool: this.#pool,
      halted: this.#halted.signal,
      reasons: (resolved) => this.#reasons(resolved),
      computed: (resolved, context) => this.#repairs.compute(resolved, context),
    }
  }

  #tell(resolved: Resolved, made: Made): Ended {
    const { stage, key } = resolved
    if (made.type === 'found') return this.#found(made.resolved, made.outcome)
    const { computed } = made
    const cost = computed && { wallMs: computed.wallMs, ...computed.usage }
    switch (made.type) {
      case 'done': {
        const { outcome } = made
        this.#outcomes.set(stage.address, outcome)
        for (const [name, { digest, bytes }] of Object.entries(outcome.whole))
          this.#options.emit({
            type: 'stage.artifact',
            stage: stage.name,
            variant: stage.variant,
            key,
            name,
            digest,
            bytes,
          })
        this.#emitEnd(stage, 'done', {
          ...cost,
          key,
          bytes: outcomeBytes(outcome),
          ...(made.computed.type === 'done' && made.computed.items && { items: made.computed.items }),
        })
        return { state: 'done', outcome }
      }
      case 'halted':
        return this.#skip(stage, this.#haltCause(), { ...cost, key })
      case 'failed': {
        const { diagnostic } = made
        this.#emitEnd(stage, 'failed', { ...cost, key, diagnostic })
        if (this.#options.onFailure !== 'continue') this.#halt()
        if (this.#options.onFailure === 'kill') this.#cancel.abort()
        return { state: 'failed', diagnostic }
      }
      default:
        return unreachable(made)
    }
  }

  /** Nothing more starts; what waits is sent away. */
  #halt(): void {
    this.#halted.abort()
    this.#pool.drain()
  }

  #haltCause(): SkipCause {
    return this.#options.compute.signal.aborted ? 'interrupted' : 'stopped'
  }

  /** Those of the plan, or, where the plan could only say `maybe`, what has turned out to differ. */
  #reasons(resolved: Resolved): readonly Reason[] {
    const { plan, reasons } = this.#planned.get(resolved.stage.address)!
    return plan === 'maybe' ? reasonsFor(resolved, this.#options.prepared) : reasons
  }

  /** A stage that was due only because an earlier one ran, and turns out to be in the cache. */
  #found(resolved: Resolved, outcome: Outcome): Ended {
    const last = this.#options.prepared.lineage.last(resolved.stage.address)
    return this.#reuse(outcome, last?.key === resolved.key ? 'cut-off' : 'cached')
  }

  #reuse(outcome: Outcome, state: EndState): Ended {
    const { stage, values, key, made, warnings = [] } = outcome
    const { emit, prepared, replayLogs } = this.#options
    const event = { stage: stage.name, variant: stage.variant }
    this.#outcomes.set(stage.address, outcome)
    const list = isListStage(stage)
    const total = list ? outcome.table.items.length : values.size
    for (const diagnostic of warnings)
      emit({ type: 'diagnostic', diagnostic: { at: stage.placeOf(), ...diagnostic }, ...event })
    if (replayLogs && key !== undefined)
      for (const text of storedLines(prepared.cache.index.logs.get(made?.base ?? key)?.text))
        emit({ type: 'stage.log', ...event, key, level: 'info', text })
    this.#emitEnd(stage, state, {
      savedMs: outcome.costMs,
      ...(total > 0 && { items: { total, computed: 0, reused: total } }),
      ...(state === 'cached' && { source: 'local' as const }),
      ...(key && { key }),
    })
    return { state, outcome }
  }

  #skip(stage: SpecStage, cause: SkipCause, more: Partial<StageEnd> = {}): Ended {
    this.#emitEnd(stage, 'skipped', { ...more, cause })
    return { state: 'skipped', cause }
  }

  #emitEnd(stage: SpecStage, state: EndState, more: Partial<Omit<StageEnd, 'type' | 'stage' | 'variant'>>): void {
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

/** Why a stage does not run whose needs gave nothing: a failure outweighs a stop. */
function causeAfter(missing: readonly Ended[]): SkipCause {
  const causes = missing.map(({ state, cause }) => (state === 'failed' ? 'need-failed' : (cause ?? 'need-failed')))
  return causes.includes('need-failed') ? 'need-failed' : causes[0]
}

/** Lines of a stored log, without the time of day in front. */
const storedLines = (text: string | undefined): string[] =>
  (text ?? '').split('\n').flatMap((line) => (line === '' ? [] : [line.slice('HH:MM:SS '.length)]))
