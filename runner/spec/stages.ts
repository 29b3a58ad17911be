import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { StageKind } from '../../stages/stage.ts'
import type { Combinations } from './combinations.ts'
import { controlOf, type StageControl } from './control.ts'
import type { Findings } from './findings.ts'
import type { Matrix, MatrixCell } from './matrix.ts'
import { type Entry, entryOf, type MapNode, memberOf, type Node, type Span } from './node.ts'
import { axesNamed, resolveReferences } from './reference.ts'
import { checkSettings } from './settings.ts'
import type { Protocol } from './spec.ts'
import { existsIn, readWhen, type When } from './when.ts'

/** A stage as the spec has it, before its variants are told apart. */
export interface StageText {
  readonly name: string
  readonly key: Span
  readonly uses: Node | undefined
  readonly with: Entry | undefined
  readonly needs: Entry | undefined
  /** `keep: true`, where it is written. */
  readonly keep: Entry | undefined
  readonly control: StageControl
  readonly when: When
  /** Axes that its own `uses`, `with` and `when` name, in the order of the matrix. */
  readonly axes: readonly string[]
}

/** A stage for one combination of its own axes. What is undefined had a fault that was told. */
export interface ResolvedStage {
  readonly kind: StageKind | undefined
  readonly settings: Readonly<Record<string, unknown>> | undefined
  readonly uses: Span
  readonly with: MapNode | undefined
}

export interface StageContext {
  readonly params: Node | undefined
  readonly matrix: Matrix
  readonly protocol: Protocol
  readonly cwd: string
  readonly kinds: readonly StageKind[]
}

export function readStages(root: MapNode, matrix: Matrix, findings: Findings): readonly StageText[] {
  const stages = memberOf(root, 'stages')
  if (stages?.type !== 'map') return []
  return [...stages.entries].flatMap(([name, { key, value }]) => {
    if (value.type !== 'map') return []
    const [uses, settings, keep] = [memberOf(value, 'uses'), entryOf(value, 'with'), entryOf(value, 'keep')]
    const named = axesNamed(settings?.value, axesNamed(uses))
    const when = readWhen(name, entryOf(value, 'when'), matrix, findings)
    return {
      name,
      key,
      uses,
      with: settings,
      needs: entryOf(value, 'needs'),
      keep: keep?.value.type === 'scalar' && keep.value.value === true ? keep : undefined,
      control: controlOf(value),
      when,
      axes: matrix.axes.filter((axis) => named.has(axis) || when.has(axis)),
    }
  })
}

/** Puts parameters and axis values in, finds the kind and checks the settings, once per combination of the stage's own axes; undefined in those in which it does not exist. */
export function resolveStage(
  stage: StageText,
  { all }: Combinations,
  context: StageContext,
  findings: Findings,
): readonly (ResolvedStage | undefined)[] {
  return all.map(({ cell }) =>
    context.matrix.cells.length === 0 || existsIn(stage.when, cell)
      ? resolveIn(stage, cell, context, findings)
      : undefined,
  )
}

function resolveIn(stage: StageText, cell: MatrixCell, context: StageContext, findings: Findings): ResolvedStage {
  const matrix = new Map([...cell].map(([axis, value]) => [axis, value.node]))
  const scope = { params: context.params, matrix, axes: context.matrix.broken ? undefined : context.matrix.axes }
  const usesNode = stage.uses && resolveReferences(stage.uses, scope, findings)
  const kind = usesNode && findKind(usesNode, stage, context.kinds, findings)
  const given = stage.with && resolveReferences(stage.with.value, scope, findings)
  const uses = usesNode?.at ?? stage.key
  const fallback = stage.with?.key ?? stage.key
  const empty = given === undefined || (given.type === 'scalar' && given.value === null)
  if (!empty && given.type !== 'map') {
    if (given.type !== 'broken') {
      findings.error(
        'E105',
        `${stage.name}.with must be a map of settings, found a ${given.type === 'list' ? 'list' : 'value'}`,
        {
          at: given.at,
          ...(given.origin && { related: [{ message: 'the value comes from here', at: given.origin }] }),
          help: 'write { SETTING: VALUE }',
        },
      )
    }
    return { kind, settings: undefined, uses, with: undefined }
  }
  const node = given?.type === 'map' ? given : undefined
  const settings =
    kind &&
    checkSettings(kind, { stage: stage.name, node, fallback, protocol: context.protocol, cwd: context.cwd }, findings)
  return { kind, settings, uses, with: node }
}

function findKind(
  uses: Node,
  stage: StageText,
  kinds: readonly StageKind[],
  findings: Findings,
): StageKind | undefined {
  if (uses.type === 'broken') return undefined
  const related = uses.origin && [{ message: 'the value comes from here', at: uses.origin }]
  const path = `stages.${stage.name}.uses`
  if (uses.type !== 'scalar' || typeof uses.value !== 'string') {
    const help = 'write FAMILY/METHOD, such as train/dfr'
    const what = `${stage.name}.uses must be the name of a stage kind`
    findings.error('E105', what, { at: uses.at, path, ...(related && { related }), help })
    return undefined
  }
  const name = uses.value
  const kind = kinds.find((one) => one.kind === name)
  if (kind !== undefined) return kind
  const near = nearestNames(
    name,
    kinds.map((one) => one.kind),
  )
  const family = name.split('/')[0]
  const known = kinds.some((one) => one.kind.startsWith(`${family}/`))
  const list = known ? `"pipeline stages ${family}" lists all` : '"pipeline stages" lists all'
  findings.error('E112', `unknown stage kind "${sanitize(name)}"`, {
    at: uses.at,
    path,
    ...(related && { related }),
    help: near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list,
  })
  return undefined
}
