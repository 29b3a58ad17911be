import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Addressed } from './addressed.ts'
import { whyNothing } from './explain-nothing.ts'
import { stagesNamed } from './match.ts'
import { parseSelector, type Selector } from './parse-selector.ts'

/** A stage with what it needs: input -> address. */
export interface Selectable extends Addressed {
  readonly bindings: Readonly<Record<string, string>>
}

export interface Selection {
  readonly addresses: ReadonlySet<string>
  /** E003 for each selector that cannot be read or fits nothing, and where nothing is left. */
  readonly diagnostics: readonly Diagnostic[]
}

/** The stages that selectors add up to, less those of `!`; all of them where none adds any. */
export function selectStages(stages: readonly Selectable[], selectors: readonly string[]): Selection {
  const diagnostics: Diagnostic[] = []
  const [added, taken] = [new Set<string>(), new Set<string>()]
  let adds = false
  for (const text of selectors) {
    const parsed = parseSelector(text)
    adds ||= !parsed.ok || !parsed.value.negated
    const found = parsed.ok ? addressesOf(stages, parsed.value) : []
    for (const address of found) (parsed.ok && parsed.value.negated ? taken : added).add(address)
    if (!parsed.ok) diagnostics.push(parsed.error)
    else if (found.length === 0) diagnostics.push(whyNothing(stages, parsed.value, text))
  }
  const base = adds ? added : new Set(stages.map(({ address }) => address))
  const addresses = new Set([...base].filter((address) => !taken.has(address)))
  if (addresses.size === 0 && diagnostics.length === 0 && stages.length > 0)
    diagnostics.push({
      code: 'E003',
      severity: 'error',
      message: 'the selectors leave no stage',
      help: ['take fewer away with !'],
    })
  return { addresses, diagnostics }
}

function addressesOf(stages: readonly Selectable[], selector: Selector): string[] {
  const { needs, dependents } = selector
  const named = stagesNamed(stages, selector).map(({ address }) => address)
  const sides = [...(needs ? [withNeeds(stages, named)] : []), ...(dependents ? [withDependents(stages, named)] : [])]
  const found = new Set([...named, ...sides.flatMap((side) => [...side])])
  const itself = (needs ?? dependents) === undefined || needs === 'with' || dependents === 'with'
  if (!itself) for (const address of named) found.delete(address)
  return [...found]
}

/** These stages and everything they need, directly or not. */
export function withNeeds(stages: readonly Selectable[], addresses: Iterable<string>): ReadonlySet<string> {
  const needsOf = new Map(stages.map(({ address, bindings }) => [address, Object.values(bindings)]))
  return closure(addresses, needsOf)
}

/** These stages and everything that needs them, directly or not. */
export function withDependents(stages: readonly Selectable[], addresses: Iterable<string>): ReadonlySet<string> {
  const readersOf = new Map<string, string[]>()
  for (const { address, bindings } of stages) {
    for (const need of Object.values(bindings)) {
      const readers = readersOf.get(need)
      if (readers === undefined) readersOf.set(need, [address])
      else readers.push(address)
    }
  }
  return closure(addresses, readersOf)
}

function closure(start: Iterable<string>, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set(start)
  for (const address of found) for (const further of next.get(address) ?? []) found.add(further)
  return found
}
