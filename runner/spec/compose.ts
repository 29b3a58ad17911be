import { resolve } from 'node:path'
import type { StageKind } from '../../stages/stage.ts'
import type { Cell } from '../events.ts'
import { quoteValue } from '../select/parse-selector.ts'
import { bindPorts } from './bind.ts'
import type { Findings } from './findings.ts'
import { ancestorsOf, type Needs } from './graph.ts'
import type { MatrixCell } from './matrix.ts'
import { type Entry, nodeAt, originOf, plainOf, type Span, spanAt } from './node.ts'
import { fromCommandLine } from './override.ts'
import type { Sources } from './sources.ts'
import type { SpecStage } from './spec.ts'
import { cellKey, cellsOf, type ResolvedStage, type StageContext, type StageText } from './stages.ts'

/** All stages of a spec with what their variants resolve to. */
export interface Resolution {
  readonly texts: ReadonlyMap<string, StageText>
  readonly needs: Needs
  /** The same without the needs that make cycles. */
  readonly acyclic: Needs
  readonly context: StageContext
  readonly resolved: ReadonlyMap<string, ReadonlyMap<string, ResolvedStage>>
  /** Axes that reach a stage, directly or through its needs, in the order of the matrix. */
  readonly reach: ReadonlyMap<string, readonly string[]>
}

/** Which axes reach which stage. */
export function reachOf(texts: readonly StageText[], needs: Needs, axes: readonly string[]): Resolution['reach'] {
  const own = new Map(texts.map((text) => [text.name, text.axes]))
  return new Map(
    texts.map(({ name }) => {
      if (axes.length === 0) return [name, []]
      const reaching = [name, ...ancestorsOf(name, needs)]
      return [name, axes.filter((axis) => reaching.some((stage) => own.get(stage)!.has(axis)))]
    }),
  )
}

const resolvedIn = ({ texts, resolved }: Resolution, stage: string, cell: MatrixCell): ResolvedStage =>
  resolved.get(stage)!.get(cellKey(cell, texts.get(stage)!.axes))!

/** The bindings of every stage in every combination that reaches it: stage -> cell key -> port -> stage. */
export type Bindings = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, string>>>

export function bindStages(resolution: Resolution, findings: Findings): Bindings {
  const { texts, needs, acyclic, context, reach } = resolution
  const bindings = new Map<string, Map<string, ReadonlyMap<string, string>>>()
  for (const stage of texts.values()) {
    const bound = new Map<string, ReadonlyMap<string, string>>()
    bindings.set(stage.name, bound)
    const allKinds = [...resolution.resolved.get(stage.name)!.values()].flatMap(({ kind }) => kind ?? [])
    for (const cell of cellsOf(context.matrix)) {
      const key = cellKey(cell, reach.get(stage.name)!)
      if (bound.has(key)) continue
      const kindOf = (name: string): StageKind | undefined => resolvedIn(resolution, name, cell).kind
      const kind = kindOf(stage.name)
      const candidates = () =>
        [...texts.keys()]
          .filter((name) => name !== stage.name && !ancestorsOf(name, acyclic).has(stage.name))
          .map((name) => ({ name, gives: kindOf(name)?.gives ?? [] }))
      const request = { stage, allKinds, needs: needs.get(stage.name)!, kindOf, candidates, kinds: context.kinds }
      bound.set(key, kind === undefined ? new Map() : bindPorts({ ...request, kind }, findings))
    }
  }
  return bindings
}

/** Every stage once per distinct combination of the axes that reach it, in the given order. Expects a sound spec. */
export function composeStages(
  resolution: Resolution,
  bindings: Bindings,
  order: readonly string[],
  sources: Sources,
): SpecStage[] {
  const { context, reach } = resolution
  const addressOf = (name: string, cell: MatrixCell): string => {
    const label = labelOf(cell, reach.get(name)!)
    return label === '' ? name : `${name}@${label}`
  }
  return order.flatMap((name) => {
    const made = new Map<string, SpecStage>()
    const axes = reach.get(name)!
    for (const cell of context.matrix.cells) {
      const key = cellKey(cell, axes)
      if (made.has(key)) continue
      const resolved = resolvedIn(resolution, name, cell)
      const bound = [...bindings.get(name)!.get(key)!]
      made.set(key, {
        address: addressOf(name, cell),
        name,
        variant: plainCell(cell, axes),
        kind: resolved.kind!,
        settings: resolved.settings!,
        bindings: Object.fromEntries(bound.map(([port, feeder]) => [port, addressOf(feeder, cell)])),
        control: resolution.texts.get(name)!.control,
        ...(resolution.texts.get(name)!.keep && { keep: true as const }),
        placeOf: (setting) => placeIn(name, resolved, setting, sources, (node) => node.at),
        originOf: (setting) => placeIn(name, resolved, setting, sources, originOf),
      })
    }
    return [...made.values()]
  })
}

/** `variance=0.90,lr=1e-3`. */
export const labelOf = (cell: MatrixCell, axes: readonly string[]): string =>
  axes.map((axis) => `${axis}=${quoteValue(cell.get(axis)!.label)}`).join(',')

export const plainCell = (cell: MatrixCell, axes: readonly string[]): Cell =>
  Object.fromEntries(axes.map((axis) => [axis, plainOf(cell.get(axis)!.node)]))

function placeIn(
  stage: string,
  { with: settings, uses }: ResolvedStage,
  setting: string | undefined,
  sources: Sources,
  spanOf: (node: NonNullable<ReturnType<typeof nodeAt>>) => Span,
) {
  const path = setting?.split('.') ?? []
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length)
    const node = nodeAt(settings, steps)
    if (node === undefined) continue
    const span = spanOf(node)
    const shown = span.end > span.start ? span : (spanAt(settings, steps) ?? span)
    return sources.place(shown, ['stages', stage, 'with', ...steps].join('.'))
  }
  return sources.place(uses, `stages.${stage}.uses`)
}

/** Absolute folder of what people keep: relative to the project root, or to the working folder where it came by `--set`. */
export function outputsFolder(entry: Entry | undefined, root: string, cwd: string): string | undefined {
  const value = entry && plainOf(entry.value)
  if (entry === undefined || typeof value !== 'string') return undefined
  return resolve(fromCommandLine(originOf(entry.value)) ? cwd : root, value)
}
