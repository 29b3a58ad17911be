import { resolve } from 'node:path'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import type { StageKind } from '../../stages/stage.ts'
import { bindPorts } from './bind.ts'
import { type Combinations, CombinationTable } from './combinations.ts'
import { needsThere } from './fall-back.ts'
import type { Findings } from './findings.ts'
import { ancestorsOf, type Needs, topologicalOrder } from './graph.ts'
import { type Entry, nodeAt, originOf, pathsBelow, plainOf, type Span, spanAt } from './node.ts'
import { fromCommandLine } from './override.ts'
import type { Sources } from './sources.ts'
import type { SkippedStage, SpecStage } from './spec.ts'
import { type ResolvedStage, resolveStage, type StageContext, type StageText } from './stages.ts'

/** All stages of a spec with what their variants resolve to. */
export interface Resolution {
  readonly texts: ReadonlyMap<string, StageText>
  readonly needs: Needs
  /** The same without the needs that make cycles. */
  readonly acyclic: Needs
  readonly context: StageContext
  /** Combinations of the axes that a stage names itself, and of those that reach it through its needs as well. */
  readonly own: ReadonlyMap<string, Combinations>
  readonly reach: ReadonlyMap<string, Combinations>
  /** By combination of the stage's own axes; undefined in those in which it does not exist. */
  readonly resolved: ReadonlyMap<string, readonly (ResolvedStage | undefined)[]>
}

export function resolveStages(
  texts: readonly StageText[],
  needs: Needs,
  acyclic: Needs,
  context: StageContext,
  findings: Findings,
): Resolution {
  const table = new CombinationTable(context.matrix)
  const own = new Map(texts.map((text) => [text.name, table.of(text.axes)]))
  const axesOf = new Map(texts.map((text) => [text.name, text.axes]))
  const reach = texts.map(({ name }) => {
    if (context.matrix.axes.length === 0) return [name, table.of([])] as const
    const reaching = new Set([name, ...ancestorsOf(name, needs)].flatMap((stage) => axesOf.get(stage)!))
    return [name, table.of(context.matrix.axes.filter((axis) => reaching.has(axis)))] as const
  })
  const resolved = texts.map((text) => [text.name, resolveStage(text, own.get(text.name)!, context, findings)] as const)
  return {
    texts: new Map(texts.map((text) => [text.name, text])),
    needs,
    acyclic,
    context,
    own,
    reach: new Map(reach),
    resolved: new Map(resolved),
  }
}

const resolvedAt = ({ own, resolved }: Resolution, stage: string, cell: number): ResolvedStage | undefined =>
  resolved.get(stage)![own.get(stage)!.of[cell]]

/** What feeds a stage in one combination: port -> stage; `skipped` where what it needs is not in that variant. */
type Bound = ReadonlyMap<string, string> | 'absent' | 'skipped'

/** What feeds every stage, by the number of the combination that reaches it. */
export type Bindings = ReadonlyMap<string, readonly Bound[]>

export function bindStages(resolution: Resolution, findings: Findings): Bindings {
  const { texts, needs, acyclic, context, reach, resolved } = resolution
  const bindings = new Map<string, readonly Bound[]>()
  const kindsOf = new Map(
    [...resolved].map(([name, all]) => [name, [...new Set(all.flatMap((one) => one?.kind ?? []))]]),
  )
  const isConditional = [...texts.values()].some(({ when }) => when.size > 0)
  for (const name of topologicalOrder(acyclic)) {
    const stage = texts.get(name)!
    const written = needs.get(name)!
    const like = new Map<string, Bound>()
    const bindAt = (cell: number): Bound => {
      const own = resolvedAt(resolution, name, cell)
      if (own === undefined) return 'absent'
      const kindOf = (other: string): StageKind | undefined => resolvedAt(resolution, other, cell)?.kind
      const presence = {
        isPresent: (other: string) => typeof bindings.get(other)?.[reach.get(other)!.of[cell]] !== 'string',
        kindOf,
        givesOf: (other: string) => new Set(kindsOf.get(other)!.flatMap(({ gives }) => gives)),
        needsOf: (other: string) => acyclic.get(other)!,
      }
      const there = isConditional ? needsThere(written, presence) : { needs: written, lacking: NOTHING }
      if (own.kind === undefined) return new Map()
      const signature = [own.kind.kind, ...there.needs.map((need) => `${need.stage} ${kindOf(need.stage)?.kind ?? ''}`)]
      const shape = [...signature, ...there.lacking].join('\0')
      const known = like.get(shape)
      if (known !== undefined) return known
      const candidates = () =>
        [...texts.keys()]
          .filter((other) => other !== name && !ancestorsOf(other, acyclic).has(name))
          .map((other) => ({ name: other, gives: kindOf(other)?.gives ?? [] }))
      const { kind } = own
      const request = { stage, kind, written, ...there, allKinds: kindsOf.get(name)!, kindOf, candidates }
      const bound = bindPorts({ ...request, kinds: context.kinds }, findings) ?? 'skipped'
      like.set(shape, bound)
      return bound
    }
    bindings.set(
      name,
      reach.get(name)!.all.map(({ at }) => bindAt(at)),
    )
  }
  return bindings
}

const NOTHING: ReadonlySet<ArtifactKind> = new Set()

/** Every stage once per distinct combination of the axes that reach it, in the given order, and those that have nothing to work on. Expects a sound spec. */
export function composeStages(
  resolution: Resolution,
  bindings: Bindings,
  order: readonly string[],
  sources: Sources,
): { stages: SpecStage[]; skipped: SkippedStage[] } {
  const { texts, reach } = resolution
  const addresses = new Map(
    [...reach].map(([name, { all }]) => [name, all.map(({ label }) => (label === '' ? name : `${name}@${label}`))]),
  )
  const addressAt = (name: string, cell: number): string => addresses.get(name)![reach.get(name)!.of[cell]]
  const stages: SpecStage[] = []
  const skipped: SkippedStage[] = []
  for (const name of order) {
    for (const [i, { at, variant }] of reach.get(name)!.all.entries()) {
      const bound = bindings.get(name)![i]
      if (bound === 'absent') continue
      const resolved = resolvedAt(resolution, name, at)!
      const common = { address: addresses.get(name)![i], name, variant }
      if (bound === 'skipped') skipped.push({ ...common, kind: resolved.kind!.kind })
      else
        stages.push({
          ...common,
          kind: resolved.kind!,
          settings: resolved.settings!,
          bindings: Object.fromEntries([...bound].map(([port, feeder]) => [port, addressAt(feeder, at)])),
          control: texts.get(name)!.control,
          ...(texts.get(name)!.keep && { keep: true as const }),
          placeOf: (setting) => placeIn(name, resolved, setting, sources, (node) => node.at),
          originOf: (setting) => placeIn(name, resolved, setting, sources, originOf),
          writtenSettings: () => pathsBelow(resolved.with).map((path) => path.join('.')),
        })
    }
  }
  return { stages, skipped }
}

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
