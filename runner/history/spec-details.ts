import type { StageKind } from '../../stages/stage.ts'
import type { Spec } from '../spec/spec.ts'
import type { RunDetails } from './run-document.ts'

/** What a record keeps of the spec, so that it can be compared later without the file and without the stage kinds. */
export function specDetails(
  { resolved, stages, variants, labels }: Spec,
  file: string,
): NonNullable<RunDetails['spec']> {
  const inertOf = new Map([...new Set(stages.map(({ kind }) => kind))].map((kind) => [kind, inertSettings(kind)]))
  const inert = stages
    .filter(({ kind }) => inertOf.get(kind)!.length > 0)
    .map(({ name, kind }) => [name, inertOf.get(kind)!])
  return {
    file,
    resolved,
    inert: Object.fromEntries(inert) as Record<string, string[]>,
    cells: variants.map((variant, i) => ({ label: labels[i], variant })),
  }
}

const inertSettings = ({ settings }: StageKind): string[] =>
  Object.entries(settings.properties).flatMap(([setting, schema]) =>
    (schema as Readonly<Record<string, unknown>>)['x-inert'] === true ? [setting] : [],
  )
