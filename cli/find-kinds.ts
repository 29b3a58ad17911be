import { Failure } from '../base/diagnostic.ts'
import { nearestNames } from '../base/nearest.ts'
import type { StageKind } from '../stages/stage.ts'

/** The kind of a name, or all of a family; neither is E112 with the nearest. */
export function findKinds(name: string, kinds: readonly StageKind[]): readonly StageKind[] {
  const found = kinds.filter(({ kind }) => kind === name || kind.startsWith(`${name}/`))
  if (found.length > 0) return found
  const near = nearestNames(name, [...kinds.map(({ kind }) => kind), ...kinds.map(({ kind }) => kind.split('/')[0])])
  throw new Failure('E112', `unknown stage kind "${name}"`, {
    help: [`${near.length === 0 ? '' : `did you mean ${near.join(', ')}? `}"pipeline stages" lists all`],
  })
}
