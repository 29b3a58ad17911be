import type { Item, Split } from '../../artifacts/items.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { digestValue } from '../../base/digest.ts'
import type { Cache } from '../../cache/cache.ts'
import type { WorkCost, WorkSize } from '../../stages/stage.ts'
import { semanticSettings } from '../key.ts'
import type { SpecStage } from '../spec/spec.ts'
import { asMeasured, type Measured, withMeasured, writeMeasured } from './measured.ts'
import type { Table } from './tables.ts'

/** Name under which all kinds together tell how this machine compares with the one their costs were measured on. */
const MACHINE = 'machine'

/**
 * What stages cost. A kind says how its work grows with items, epochs, cells and size; what runs then took is recorded as a
 * factor on that, under kind and settings, under the kind, and for the machine. So a cost measured with one grid tells that
 * of another, and 180 images tell what one costs.
 */
export class CostBook {
  readonly #cache: Cache
  readonly #stages: ReadonlyMap<string, SpecStage>
  readonly #tables: ReadonlyMap<string, Table>
  readonly #counts = new Map<string, Readonly<Record<Split, number>>>()
  readonly #names = new Map<SpecStage, string>()
  readonly #noted = new Map<string, Measured>()
  readonly #givers = new Map<string, SpecStage | undefined>()

  constructor(cache: Cache, stages: readonly SpecStage[], tables: ReadonlyMap<string, Table>) {
    this.#cache = cache
    this.#stages = new Map(stages.map((stage) => [stage.address, stage]))
    this.#tables = tables
  }

  /** Time in ms and bytes that computing `stale` items of a stage (all where left out) will take; undefined where nobody knows. */
  estimate(stage: SpecStage, stale?: number): WorkCost | undefined {
    const nominal = this.#nominal(stage, stale)
    const known = asMeasured(this.#cache, this.#settingsName(stage), nominal)
    if (known !== undefined || !isModelled(stage)) return known
    const { ms } = asMeasured(this.#cache, MACHINE, nominal) ?? nominal
    return asMeasured(this.#cache, kindName(stage), nominal) ?? { ...nominal, ms }
  }

  /** Notes what computing `stale` items took. */
  note(stage: SpecStage, stale: number | undefined, measured: WorkCost): void {
    const nominal = this.#nominal(stage, stale)
    const names = [this.#settingsName(stage), ...(isModelled(stage) ? [kindName(stage), MACHINE] : [])]
    for (const name of names) this.#noted.set(name, withMeasured(this.#noted.get(name), nominal, measured))
  }

  /** Writes what was noted since the last time; to be called inside a write to the index. */
  write(): void {
    for (const [name, noted] of this.#noted) writeMeasured(this.#cache, name, noted)
    this.#noted.clear()
  }

  #settingsName(stage: SpecStage): string {
    let name = this.#names.get(stage)
    if (name === undefined) this.#names.set(stage, (name = settingsName(stage)))
    return name
  }

  /** What the kind says for its work; a kind that says nothing counts items, or runs. */
  #nominal(stage: SpecStage, stale: number | undefined): WorkCost {
    const bySplit = this.#countsAt(stage.address)
    const port = Object.values(stage.kind.ports).find(({ splits }) => splits !== undefined)
    const splits = port?.splits ?? (['train', 'held_out', 'test'] as const)
    const items = stale ?? splits.reduce((sum, split) => sum + bySplit[split], 0)
    if (stage.kind.cost === undefined) {
      const units = stage.kind.shape === 'each' ? items : 1
      return { ms: units, bytes: units }
    }
    const size: WorkSize = {
      items,
      bySplit,
      settingsOf: (artifact) => this.#giving(stage, artifact)?.settings,
      channels: this.#giving(stage, 'features')?.kind.channels,
      perItem: (artifact) => {
        const giving = this.#giving(stage, artifact)
        return giving && difference(this.#nominal(giving, 2), this.#nominal(giving, 1))
      },
    }
    return stage.kind.cost(stage.settings, size)
  }

  /** The stage up the chain that gives this kind of artifact. */
  #giving(stage: SpecStage, artifact: ArtifactKind): SpecStage | undefined {
    const name = `${artifact} ${stage.address}`
    if (this.#givers.has(name)) return this.#givers.get(name)
    let giving: SpecStage | undefined
    for (const address of Object.values(stage.bindings)) {
      const need = this.#stages.get(address)
      giving ??= need?.kind.gives.includes(artifact) === true ? need : need && this.#giving(need, artifact)
    }
    this.#givers.set(name, giving)
    return giving
  }

  /** The items that reach a stage: those of the nearest list stage before it. */
  #countsAt(address: string): Readonly<Record<Split, number>> {
    const known = this.#counts.get(address)
    if (known !== undefined) return known
    const table = this.#tables.get(address)
    const counts =
      table === undefined
        ? (Object.values(this.#stages.get(address)?.bindings ?? {})
            .map((need) => this.#countsAt(need))
            .find(({ train, held_out, test }) => train + held_out + test > 0) ?? NO_ITEMS)
        : countBySplit(table.items)
    this.#counts.set(address, counts)
    return counts
  }
}

const NO_ITEMS = { train: 0, held_out: 0, test: 0 }

const isModelled = ({ kind }: SpecStage): boolean => kind.cost !== undefined

const difference = (a: WorkCost, b: WorkCost): WorkCost => ({ ms: a.ms - b.ms, bytes: a.bytes - b.bytes })

const settingsName = ({ kind, settings }: SpecStage): string =>
  digestValue('cost', { kind: kind.kind, version: kind.version, settings: semanticSettings(kind, settings) })

const kindName = ({ kind }: SpecStage): string => `${kind.kind} ${kind.version}`

function countBySplit(items: readonly Item[]): Record<Split, number> {
  const counts = { train: 0, held_out: 0, test: 0 }
  for (const { split } of items) counts[split]++
  return counts
}
