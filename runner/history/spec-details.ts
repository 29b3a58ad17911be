import type { Spec } from '../spec/spec.ts'
import type { RunDetails } from './run-document.ts'

/** What a record keeps of the spec, so that it can be compared later without the file and without the stage kinds. */
export function specDetails(
  { resolved, stages, variants, labels }: Spec,
  file: string,
): NonNullable<RunDetails['spec']> {
  const inert = stages.flatMap(({ name, kind }) => {
    const names = Object.entries(kind.settings.properties).flatMap(([setting, schema]) =>
      (schema as Readonly<Record<string, unknown>>)['x-inert'] === true ? [setting] : [],
    )
    return names.length === 0 ? [] : [[name, names] as const]
  })
  return {
    file,
    resolved,
    inert: Object.fromEntries(inert),
    cells: variants.map((variant, i) => ({ label: labels[i], variant })),
  }
}
