import type { Findings } from './findings.ts'
import { type MapNode, memberOf, plainOf } from './node.ts'
import { resolveReferences } from './reference.ts'
import { filledSettings } from './settings.ts'
import type { StageContext, StageText } from './stages.ts'

/**
 * The spec as the run record keeps it: overrides and protocol applied, parameters put in, defaults filled in where
 * the stage kind is the same in all variants; references to the matrix stay. Expects a sound spec.
 */
export function resolvedSpec(
  root: MapNode,
  texts: readonly StageText[],
  context: StageContext,
  findings: Findings,
): unknown {
  const { params, matrix, protocol } = context
  const scope = { params, axes: matrix.axes }
  const plain = plainOf(root) as Readonly<Record<string, unknown>>
  const stages = texts.map((text) => {
    const stage = plainOf(memberOf(memberOf(root, 'stages'), text.name)!) as Readonly<Record<string, unknown>>
    const uses = text.uses && plainOf(resolveReferences(text.uses, scope, findings))
    const given = text.with && resolveReferences(text.with.value, scope, findings)
    const kind = context.kinds.find((one) => one.kind === uses)
    const isMap = given === undefined || given.type === 'map' || plainOf(given) === null
    const settings =
      kind !== undefined && isMap
        ? filledSettings(kind, given?.type === 'map' ? given : undefined, protocol, context.cwd)
        : given && plainOf(given)
    return [text.name, { ...stage, uses, with: settings ?? {} }] as const
  })
  return { ...plain, protocol, seed: plain.seed ?? 0, stages: Object.fromEntries(stages) }
}
