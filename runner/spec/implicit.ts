import type { StageKind } from '../../stages/stage.ts'
import type { Resolution } from './compose.ts'
import { NO_CONTROL } from './control.ts'
import type { Findings } from './findings.ts'
import type { Entry, Span } from './node.ts'
import { checkSettings } from './settings.ts'
import { imagesStage, OUTPUTS_STAGE, type SpecStage } from './spec.ts'
import type { StageContext } from './stages.ts'

/** The stages that make the pictures of a spec with `outputs:`, one per `evaluate` stage and variant. */
export function outputStages(
  stages: readonly SpecStage[],
  { key, value }: Entry,
  context: StageContext,
  findings: Findings,
): SpecStage[] {
  const kind = context.kinds.find((one) => one.kind === 'report/pictures')
  if (kind === undefined) return []
  const byAddress = new Map(stages.map((stage) => [stage.address, stage]))
  const evaluating = stages.filter((stage) => stage.kind.gives.includes('verdict'))
  const several = new Set(evaluating.map(({ name }) => name)).size > 1
  return evaluating.map((evaluate) => {
    const name = several ? `${OUTPUTS_STAGE}-${evaluate.name}` : OUTPUTS_STAGE
    const feeders = [evaluate, ...Object.values(evaluate.bindings).map((address) => byAddress.get(address)!)]
    return follow(evaluate, feeders, { name, kind, key, at: value.at, path: 'outputs' }, context, findings)
  })
}

/** The stages that render what those with `keep: true` give, one per such stage and variant. */
export function imageStages(
  stages: readonly SpecStage[],
  { texts, context }: Resolution,
  findings: Findings,
): SpecStage[] {
  const kind = context.kinds.find((one) => one.kind === 'report/images')
  if (kind === undefined) return []
  return stages.flatMap((stage) => {
    const keep = texts.get(stage.name)!.keep
    if (keep === undefined || !stage.kind.gives.includes('images')) return []
    const path = `stages.${stage.name}.keep`
    const made = { name: imagesStage(stage.name), kind, key: keep.key, at: keep.value.at, path }
    return [follow(stage, [stage], made, context, findings)]
  })
}

/** What an implicit stage is called, and what in the spec asks for it. */
interface Made {
  readonly name: string
  readonly kind: StageKind
  readonly key: Span
  readonly at: Span
  readonly path: string
}

/** An implicit stage beside each variant of another one, fed by the first of `feeders` that gives what a port accepts. */
function follow(
  stage: SpecStage,
  feeders: readonly SpecStage[],
  { name, kind, key, at, path }: Made,
  { protocol, cwd }: StageContext,
  findings: Findings,
): SpecStage {
  const bindings = Object.entries(kind.ports).flatMap(([port, { accepts }]) => {
    const feeder = feeders.find((one) => one.kind.gives.some((given) => accepts.includes(given)))
    return feeder === undefined ? [] : [[port, feeder.address] as const]
  })
  const place = () => findings.sources.place(at, path)
  return {
    address: `${name}${stage.address.slice(stage.name.length)}`,
    name,
    variant: stage.variant,
    kind,
    settings: checkSettings(kind, { stage: name, node: undefined, fallback: key, protocol, cwd }, findings) ?? {},
    bindings: Object.fromEntries(bindings),
    control: NO_CONTROL,
    placeOf: place,
    originOf: place,
    writtenSettings: () => [],
    implicit: true,
  }
}

/** `keep: true` asks for a stage that gives images or files, a folder to keep them in, and a free name for the stage that renders images (E106). */
export function checkKeep({ texts, resolved }: Resolution, hasOutputs: boolean, findings: Findings): void {
  const variantsOf = (name: string) => resolved.get(name)!.flatMap((one) => one ?? [])
  const isKept = (kind: StageKind): boolean => kind.gives.includes('images') || kind.gives.includes('files')
  const givesImages = (name: string): boolean => variantsOf(name).every(({ kind }) => kind?.gives.includes('images'))
  for (const { name, keep } of texts.values()) {
    if (keep === undefined) continue
    const tell = (message: string, help: string): void =>
      findings.error('E106', message, { at: keep.key, path: `stages.${name}.keep`, help })
    const other = variantsOf(name).find(({ kind }) => kind !== undefined && !isKept(kind))?.kind
    const imaging = [...texts.keys()].filter(givesImages)
    if (other !== undefined)
      tell(
        `${name} gives no images or files to keep: ${other.kind} gives ${other.gives.join(' and ')}`,
        imaging.length > 0 ? `remove it, or keep the images of ${imaging.join(', ')}` : 'remove it',
      )
    else if (!hasOutputs)
      tell(`${name}.keep needs a folder to keep them in`, 'add outputs, such as outputs: outputs/demo')
    else if (givesImages(name) && texts.has(imagesStage(name)))
      tell(
        `${name}.keep adds a stage ${imagesStage(name)}, and there is one already`,
        'give one of the two another name',
      )
  }
}
