import type { Cell } from '../events.ts'
import { parseSelector } from './parse-selector.ts'

/** Anything that goes by an address: a stage of a spec, or one of a run record. */
export interface Addressed {
  /** `train@variance=0.90,lr=1e-3`. */
  readonly address: string
  readonly variant: Cell
}

/** The stage in an address. */
export function nameIn(address: string): string {
  const at = address.indexOf('@')
  return at === -1 ? address : address.slice(0, at)
}

/** Axis -> its value as the spec spells it, from an address. */
export function labelsIn(address: string): ReadonlyMap<string, string> {
  const parsed = address.includes('@') ? parseSelector(address) : undefined
  return new Map(parsed?.ok ? parsed.value.cells.map(({ axis, value }) => [axis, value]) : [])
}
