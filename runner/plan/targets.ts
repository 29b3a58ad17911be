import type { Diagnostic } from '../../base/diagnostic.ts'
import { nearestNames } from '../../base/nearest.ts'
import type { Spec, SpecStage } from '../spec/spec.ts'

/** The stages a run is about: the targets by bare name (all where none is named) and everything they need, in the order of the spec. */
export function selectStages(
  spec: Spec,
  targets: readonly string[],
): { stages: readonly SpecStage[]; diagnostics: readonly Diagnostic[] } {
  if (targets.length === 0) return { stages: spec.stages, diagnostics: [] }
  const names = new Set(spec.stages.map(({ name }) => name))
  const diagnostics = targets
    .filter((target) => !names.has(target))
    .map((target): Diagnostic => {
      const near = nearestNames(target, names)
      const hint = near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''
      return {
        code: 'E003',
        severity: 'error',
        message: `no stage is named "${target}"`,
        help: [`${hint}stages: ${[...names].join(', ')}`],
      }
    })
  const wanted = new Set(spec.stages.filter(({ name }) => targets.includes(name)).map(({ address }) => address))
  for (const stage of [...spec.stages].reverse()) {
    if (wanted.has(stage.address)) for (const need of Object.values(stage.bindings)) wanted.add(need)
  }
  return { stages: spec.stages.filter(({ address }) => wanted.has(address)), diagnostics }
}
