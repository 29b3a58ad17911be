import { canonicalJson } from '../../base/canonical.ts'
import type { Cell } from '../events.ts'
import type { Side } from './variant.ts'

/** A setting by its path: `sample.grid`, `train.uses`, `seed`. */
export type Settings = ReadonlyMap<string, unknown>

/**
 * Every setting of a run's spec that can change a result, with the values of one variant put in; undefined where the
 * run ended before its spec was read.
 */
export function settingsOf({ document: { spec }, cell }: Side): Settings | undefined {
  if (spec.resolved === undefined) return undefined
  const { seed, protocol, stages } = spec.resolved as Resolved
  const settings = new Map<string, unknown>([
    ['seed', seed],
    ['protocol', protocol],
  ])
  for (const [name, stage] of Object.entries(stages)) {
    const { uses, needs, with: given } = withCell(stage, cell?.variant ?? {}) as Resolved['stages'][string]
    settings.set(`${name}.uses`, uses)
    if (needs !== undefined) settings.set(`${name}.needs`, needs)
    const inert = spec.inert?.[name] ?? []
    for (const [setting, value] of Object.entries(given ?? {}))
      if (!inert.includes(setting)) flatten(`${name}.${setting}`, value, settings)
  }
  return settings
}

interface Resolved {
  readonly seed: unknown
  readonly protocol: unknown
  readonly stages: Readonly<
    Record<
      string,
      { readonly uses: unknown; readonly needs?: unknown; readonly with?: Readonly<Record<string, unknown>> }
    >
  >
}

export interface ChangedSetting {
  readonly path: string
  /** Null where it was not set. */
  readonly old: unknown
  readonly new: unknown
}

/** Settings that differ, in the order of the later spec, those it no longer has last. */
export function changedSettings(before: Settings, after: Settings): ChangedSetting[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((path) => {
    const [old, now] = [before.get(path) ?? null, after.get(path) ?? null]
    return canonicalJson(old) === canonicalJson(now) ? [] : [{ path, old, new: now }]
  })
}

function flatten(path: string, value: unknown, into: Map<string, unknown>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) into.set(path, value)
  else for (const [name, member] of Object.entries(value)) flatten(`${path}.${name}`, member, into)
}

const REFERENCE = /\$\$\{|\$\{matrix\.([^{}]+)\}/g
const ALONE = /^\$\{matrix\.([^{}]+)\}$/

/** Values of axes in place of the references that a resolved spec still has. */
function withCell(value: unknown, cell: Cell): unknown {
  if (typeof value === 'string') {
    const alone = ALONE.exec(value)
    if (alone !== null) return valueAt(cell, alone[1]) ?? value
    return value.replace(REFERENCE, (text, path: string | undefined) => {
      if (path === undefined) return '${'
      const found = valueAt(cell, path)
      return found === undefined ? text : textOf(found)
    })
  }
  if (Array.isArray(value)) return value.map((each) => withCell(each, cell))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withCell(member, cell)]))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const valueAt = (cell: Cell, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Cell | undefined)?.[name], cell)
