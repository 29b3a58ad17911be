import { DamagedEntry } from '../cache/objects.ts'
import type { StoredObject } from '../cache/records.ts'
import { type Computed, type ComputeContext, computeStage } from './compute.ts'
import { resolveFrom } from './plan/classify.ts'
import type { Outcome } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import type { Resolved } from './plan/resolve.ts'
import { isListStage } from './plan/tables.ts'
import type { SpecStage } from './spec/spec.ts'

/** Damage found while computing is repaired by computing the damaged input again, at most this often per stage. */
const MAX_REPAIRS = 3

export interface Repaired {
  readonly computed: Computed
  readonly outcome?: Outcome
}

/** Computes stages, and where an input turns out damaged, that input first. */
export class Repairs {
  readonly #prepared: Prepared
  readonly #stages: ReadonlyMap<string, SpecStage>
  /** What ended stages gave, by address; repaired ones are put back. */
  readonly #outcomes: Map<string, Outcome>
  /** Stages whose stored output stands in for today's: computing would give another one. */
  readonly #accepted: ReadonlySet<string>
  readonly #running = new Map<string, Promise<Outcome | undefined>>()

  constructor(prepared: Prepared, outcomes: Map<string, Outcome>, accepted: ReadonlySet<string>) {
    this.#prepared = prepared
    this.#stages = new Map(prepared.stages.map((stage) => [stage.address, stage]))
    this.#outcomes = outcomes
    this.#accepted = accepted
  }

  async compute(resolved: Resolved, context: ComputeContext): Promise<Repaired> {
    let current = resolved
    for (let repairs = 0; ; repairs++) {
      const computed = await computeStage(current, context)
      if (computed.type === 'done') return { computed, outcome: computed.outcome }
      if (computed.type !== 'damaged' || repairs === MAX_REPAIRS) return { computed }
      const isRepaired = await this.#repairInput(current.stage, computed, context)
      if (!isRepaired) return { computed }
      current = resolveFrom(current.stage, this.#outcomes, this.#prepared)!
    }
  }

  /** Computes a stage again after its stored output was found damaged, without telling it as a stage of the run. */
  repair(address: string, context: ComputeContext): Promise<Outcome | undefined> {
    let running = this.#running.get(address)
    if (running === undefined) {
      running = this.#repair(address, context).finally(() => this.#running.delete(address))
      this.#running.set(address, running)
    }
    return running
  }

  async #repair(address: string, context: ComputeContext): Promise<Outcome | undefined> {
    const stage = this.#stages.get(address)
    if (stage === undefined || isListStage(stage)) return this.#outcomes.get(address)
    if (this.#accepted.has(address)) return undefined
    await this.#setAsideDamaged(this.#outcomes.get(address))
    const resolved = resolveFrom(stage, this.#outcomes, this.#prepared)!
    const outcome = resolved.outcome ?? (await this.compute(resolved, { ...context, emit: () => {} })).outcome
    if (outcome !== undefined) this.#outcomes.set(address, outcome)
    return outcome
  }

  #storedBy({ key, whole, values }: Outcome): readonly StoredObject[] {
    const parts = key === undefined ? undefined : this.#prepared.cache.index.actions.get(key)?.parts
    return [...Object.values(whole), ...values.values(), ...(parts ?? [])]
  }

  /** Where one value is damaged others may be, and one repair is for all of them. */
  async #setAsideDamaged(outcome: Outcome | undefined): Promise<void> {
    const { cache } = this.#prepared
    for (const { digest } of outcome === undefined ? [] : this.#storedBy(outcome)) {
      try {
        if (cache.objects.has(digest)) cache.objects.read(digest)
      } catch (error) {
        if (!(error instanceof DamagedEntry)) throw error
        await cache.quarantine(digest)
      }
      await new Promise((resolve) => setImmediate(resolve)) // keeps the screen alive
    }
  }

  async #repairInput(
    stage: SpecStage,
    { digest, found }: Extract<Computed, { type: 'damaged' }>,
    context: ComputeContext,
  ): Promise<boolean> {
    await this.#prepared.cache.quarantine(digest)
    const producer = Object.values(stage.bindings).find((address) => {
      const outcome = this.#outcomes.get(address)
      if (outcome === undefined) return false
      return this.#storedBy(outcome).some((stored) => stored.digest === digest)
    })
    context.emit({
      type: 'cache.corrupt',
      key: this.#outcomes.get(producer ?? '')?.key ?? '',
      artifact: producer ?? 'unknown',
      expected: digest,
      found,
    })
    context.emit({
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
    return producer !== undefined && (await this.repair(producer, context)) !== undefined
  }
}
