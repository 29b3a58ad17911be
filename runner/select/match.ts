import { createRequire } from 'node:module'
import { canonicalJson } from '../../base/canonical.ts'
import { type Addressed, labelsIn, nameIn } from './addressed.ts'
import type { AxisChoice, Selector } from './parse-selector.ts'

/**
 * The stages that a selector names, before what they need or what needs them. An axis that does not reach a stage
 * does not tell it apart, but at least one must: `@variance=0.90` are the stages that stand in these variants alone.
 */
export function stagesNamed<T extends Addressed>(stages: readonly T[], { name, cells }: Selector): readonly T[] {
  const isNamed = name === undefined ? () => true : glob(name)
  const named = stages.filter(({ address }) => isNamed(nameIn(address)))
  if (cells.length === 0) return named
  const fitting = new Map(cells.map((choice) => [choice, labelsMeant(named, choice)]))
  return named.filter(({ address, variant }) => {
    const reaching = cells.filter(({ axis }) => Object.hasOwn(variant, axis))
    const labels = labelsIn(address)
    return reaching.length > 0 && reaching.every((choice) => fitting.get(choice)!.has(labels.get(choice.axis)!))
  })
}

/** How the spec spells the values of an axis that some stages have, with the values. */
export function valuesOf(stages: readonly Addressed[], axis: string): ReadonlyMap<string, unknown> {
  const reached = stages.filter(({ variant }) => Object.hasOwn(variant, axis))
  return new Map(reached.map(({ address, variant }) => [labelsIn(address).get(axis)!, variant[axis]]))
}

/** The spellings that are meant: this very one, else those of a glob, else those of the same value as YAML (`0.9` is `0.90`). */
export function labelsMeant(stages: readonly Addressed[], { axis, value, quoted }: AxisChoice): ReadonlySet<string> {
  const values = valuesOf(stages, axis)
  if (values.has(value)) return new Set([value])
  if (!quoted && /[*?]/.test(value)) return new Set([...values.keys()].filter(glob(value)))
  const identity = identityOf(value)
  return new Set([...values].filter(([, actual]) => canonicalJson(actual) === identity).map(([label]) => label))
}

/** Canonical form of a YAML text; none where it is no YAML. The reader is loaded only where a value is not spelt as in the spec. */
function identityOf(text: string): string | undefined {
  const { parse } = createRequire(import.meta.url)('yaml') as typeof import('yaml')
  try {
    return canonicalJson(parse(text, { schema: 'core', logLevel: 'silent' }))
  } catch {
    return undefined
  }
}

function glob(pattern: string): (text: string) => boolean {
  const parts = pattern.split(/(\*+|\?)/).map((part) => {
    if (part.startsWith('*')) return '.*'
    return part === '?' ? '.' : part.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  })
  const expression = new RegExp(`^${parts.join('')}$`, 'su')
  return (text) => expression.test(text)
}
