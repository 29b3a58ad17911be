import type { Cache } from '../../cache/cache.ts'
import type { CostRecord } from '../../cache/records.ts'
import type { WorkCost } from '../../stages/stage.ts'

/** How much of the earlier measurements stays when a new one comes: a short run moves an estimate little, a long one much. */
const MEMORY = 0.5

/** The nominal cost times what runs took against theirs; undefined where nothing was recorded under the name. */
export function asMeasured(cache: Cache, name: string, nominal: WorkCost): WorkCost | undefined {
  const known = cache.index.costs.get(name)
  return (
    known && {
      ms: nominal.ms * share(known.ms, known.nominalMs),
      bytes: nominal.bytes * share(known.bytes, known.nominalBytes),
    }
  )
}

/** Measurements that are not in the index yet, and how much of what is there stays beside them. */
export interface Measured extends CostRecord {
  readonly memory: number
}

const NOTHING: Measured = { memory: 1, ms: 0, nominalMs: 0, bytes: 0, nominalBytes: 0 }

/** Measurements with one more: what work of a nominal cost took. */
export const withMeasured = (
  { memory, ms, nominalMs, bytes, nominalBytes }: Measured = NOTHING,
  nominal: WorkCost,
  measured: WorkCost,
): Measured => ({
  memory: memory * MEMORY,
  ms: ms * MEMORY + measured.ms,
  nominalMs: nominalMs * MEMORY + nominal.ms,
  bytes: bytes * MEMORY + measured.bytes,
  nominalBytes: nominalBytes * MEMORY + nominal.bytes,
})

/** Adds measurements to what is known under a name; to be called inside a write to the index. */
export function writeMeasured(cache: Cache, name: string, noted: Measured): void {
  const before = cache.index.costs.get(name) ?? NOTHING
  void cache.index.costs.put(name, {
    ms: before.ms * noted.memory + noted.ms,
    nominalMs: before.nominalMs * noted.memory + noted.nominalMs,
    bytes: before.bytes * noted.memory + noted.bytes,
    nominalBytes: before.nominalBytes * noted.memory + noted.nominalBytes,
  })
}

/** Notes what work of a nominal cost took; to be called inside a write to the index. */
export const noteMeasured = (cache: Cache, name: string, nominal: WorkCost, measured: WorkCost): void =>
  writeMeasured(cache, name, withMeasured(NOTHING, nominal, measured))

const share = (measured: number, nominal: number): number => (nominal > 0 ? measured / nominal : 1)
