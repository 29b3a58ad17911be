import { type Digest, digestValue } from '../../base/digest.ts'
import type { SpecStage } from '../spec/spec.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/** What every command gets, whatever it declares: where programs lie, and where home is. */
const ALWAYS = ['PATH', 'HOME']

const declaredBy = ({ kind, settings }: Pick<SpecStage, 'kind' | 'settings'>): readonly string[] | undefined =>
  kind.variables?.(settings)

/** The variables that a stage sees of the environment. */
export function variablesOf(stage: Pick<SpecStage, 'kind' | 'settings'>, all: Variables): Record<string, string> {
  const declared = declaredBy(stage)
  if (declared === undefined) return {}
  return Object.fromEntries(
    [...ALWAYS, ...declared].flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])),
  )
}

/** The same for the key: digests, since a value may be a secret, of what is declared alone. */
export function variablesInKey(stage: SpecStage, all: Variables): Record<string, Digest | null> | undefined {
  const declared = declaredBy(stage) ?? []
  if (declared.length === 0) return undefined
  return Object.fromEntries(
    declared.map((name) => [name, all[name] === undefined ? null : digestValue('variable', all[name])]),
  )
}
