import type { Cache } from '../../cache/cache.ts'
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

/** Notes what work of a nominal cost took; to be called inside a write to the index. */
export function noteMeasured(cache: Cache, name: string, nominal: WorkCost, measured: WorkCost): void {
  const before = cache.index.costs.get(name) ?? { ms: 0, nominalMs: 0, bytes: 0, nominalBytes: 0 }
  void cache.index.costs.put(name, {
    ms: before.ms * MEMORY + measured.ms,
    nominalMs: before.nominalMs * MEMORY + nominal.ms,
    bytes: before.bytes * MEMORY + measured.bytes,
    nominalBytes: before.nominalBytes * MEMORY + nominal.bytes,
  })
}

const share = (measured: number, nominal: number): number => (nominal > 0 ? measured / nominal : 1)
