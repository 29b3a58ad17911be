import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Port, StageKind } from '../../stages/stage.ts'
import type { Findings } from './findings.ts'
import type { Need } from './graph.ts'
import type { StageText } from './stages.ts'
import { orList } from './words.ts'

interface Candidate {
  readonly name: string
  readonly gives: readonly ArtifactKind[]
}

export interface BindRequest {
  readonly stage: StageText
  readonly kind: StageKind
  /** Those of the spec, and those there are in this variant. */
  readonly written: readonly Need[]
  readonly needs: readonly Need[]
  /** Kinds of artifact that it would have from stages that this variant does not have. */
  readonly lacking: ReadonlySet<ArtifactKind>
  /** Kinds that the stage has in any variant: what one of them takes may be among the needs of all. */
  readonly allKinds: readonly StageKind[]
  /** Kind of a needed stage in this variant; undefined where it is not known, so that it may fit anything. */
  readonly kindOf: (stage: string) => StageKind | undefined
  /** Stages of the spec that this one could need without a cycle, for help. */
  readonly candidates: () => readonly Candidate[]
  readonly kinds: readonly StageKind[]
}

/**
 * Binds the inputs of a stage by artifact kind: port -> name of the stage that feeds it; a port with `many` is bound
 * once for each needed stage that fits, as `port.STAGE` or `port.0`, `port.1`. Tells an input that
 * nothing feeds (E121), a need that fits no input (E123) and an input that two needs fit (E124). Undefined where an
 * input lacks only what stages would give that this variant does not have.
 */
export function bindPorts(request: BindRequest, findings: Findings): ReadonlyMap<string, string> | undefined {
  const bound = new Map<string, string>()
  const named = request.needs.some((need) => need.port !== undefined)
  const sound = named ? bindNamed(request, bound, findings) : bindByKind(request, bound, findings)
  const unfed = Object.entries(request.kind.ports)
    .filter(([name, port]) => port.optional === undefined && !isFed(name, bound))
    .map(([, port]) => port.accepts)
  if (unfed.some((accepts) => accepts.some((kind) => request.lacking.has(kind)))) return undefined
  if (unfed.length > 0 && sound && allKnown(request)) tellUnfed(request, unfed, findings)
  return bound
}

/** Whether every need is a stage of a known kind. Where one is not, that was told, and an input without a stage is no news. */
function allKnown({ stage, written, needs, kindOf }: BindRequest): boolean {
  if (needs.some((need) => kindOf(need.stage) === undefined)) return false
  if (stage.needs === undefined) return true
  const node = stage.needs.value
  const count = node.type === 'list' ? node.items.length : node.type === 'map' ? node.entries.size : 0
  return count === written.length
}

const isFed = (port: string, bound: ReadonlyMap<string, string>): boolean =>
  bound.has(port) || [...bound.keys()].some((name) => name.startsWith(`${port}.`))

/** Binds stages to a port with `many`, in the order of `needs`. */
function bindMany(name: string, port: Port, feeders: readonly string[], bound: Map<string, string>): void {
  for (const [i, feeder] of feeders.entries()) bound.set(`${name}.${port.many === 'by-name' ? feeder : i}`, feeder)
}

const fits = (accepts: readonly ArtifactKind[], kind: StageKind | undefined): boolean =>
  kind === undefined || kind.gives.some((given) => accepts.includes(given))

/** Gives whether all went well. */
function bindByKind(
  { stage, kind, needs, kindOf, allKinds }: BindRequest,
  bound: Map<string, string>,
  findings: Findings,
): boolean {
  let sound = true
  const ports = Object.entries(kind.ports)
  for (const need of needs) {
    const feeder = kindOf(need.stage)
    if (allKinds.some((one) => Object.values(one.ports).some((port) => fits(port.accepts, feeder)))) continue
    tellMisfit(stage, kind, need, feeder!, findings)
    sound = false
  }
  for (const [name, port] of ports) {
    const fitting = needs.filter((need) => kindOf(need.stage) !== undefined && fits(port.accepts, kindOf(need.stage)))
    if (port.many !== undefined)
      bindMany(
        name,
        port,
        fitting.map((need) => need.stage),
        bound,
      )
    else if (fitting.length > 1) {
      sound = false
      const [first, second] = fitting
      findings.error('E124', `both ${first.stage} and ${second.stage} fit the input ${name} of ${kind.kind}`, {
        at: second.at,
        related: [{ message: `${first.stage} gives ${giving(kindOf(first.stage)!)}`, at: first.at }],
        help: `say which with the map form: needs: { ${name}: ${first.stage} }`,
      })
    } else if (fitting.length === 1) bound.set(name, fitting[0].stage)
  }
  return sound
}

/** Gives whether all went well. */
function bindNamed(
  { stage, kind, needs, kindOf }: BindRequest,
  bound: Map<string, string>,
  findings: Findings,
): boolean {
  let sound = true
  const names = Object.keys(kind.ports)
  for (const need of needs) {
    const name = need.port!
    if (!Object.hasOwn(kind.ports, name)) {
      const near = nearestNames(name, names)
      const list = names.length > 0 ? `Inputs: ${names.join(', ')}` : `${kind.kind} has no inputs`
      const help = near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list
      sound = false
      findings.error('E104', `unknown input ${sanitize(name)} in ${stage.name}.needs`, { at: need.portAt!, help })
    } else if (fits(kind.ports[name].accepts, kindOf(need.stage))) {
      if (kind.ports[name].many === undefined) bound.set(name, need.stage)
      else bindMany(name, kind.ports[name], [need.stage], bound)
    } else {
      sound = false
      const feeder = kindOf(need.stage)!
      const message = `the input ${name} of ${kind.kind} takes ${orList(kind.ports[name].accepts)}, ${need.stage} gives ${giving(feeder)}`
      findings.error('E123', message, {
        at: need.at,
        help: `name a stage that gives ${orList(kind.ports[name].accepts)}`,
      })
    }
  }
  return sound
}

const giving = (kind: StageKind): string => kind.gives.join(' and ')

function tellMisfit(stage: StageText, kind: StageKind, need: Need, feeder: StageKind, findings: Findings): void {
  const taken = [...new Set(Object.values(kind.ports).flatMap((port) => port.accepts))]
  const takes = taken.length === 0 ? 'no input' : orList(taken)
  findings.error('E123', `${kind.kind} takes ${takes}, ${need.stage} gives ${giving(feeder)}`, {
    at: need.at,
    help:
      taken.length === 0
        ? `remove needs from ${stage.name}`
        : `remove ${need.stage} here, or need a stage that gives ${takes}`,
  })
}

function tellUnfed(
  { stage, kind, needs, candidates, kinds }: BindRequest,
  unfed: readonly (readonly ArtifactKind[])[],
  findings: Findings,
): void {
  const wanted = unfed.map((accepts) => `one ${unfed.length === 1 ? 'stage ' : ''}that gives ${orList(accepts)}`)
  const node = stage.needs?.value
  const empty = node === undefined || node.at.end === node.at.start
  findings.error(
    'E121',
    `${stage.name} ${needs.length === 0 ? 'has no input' : 'lacks an input'}: ${kind.kind} needs ${wanted.join(' and ')}`,
    {
      at: empty ? (stage.needs?.key ?? stage.key) : node.at,
      path: `stages.${stage.name}.needs`,
      help: unfed.map((accepts) => suggestion(accepts, candidates(), kinds, empty)),
    },
  )
}

function suggestion(
  accepts: readonly ArtifactKind[],
  candidates: readonly Candidate[],
  kinds: readonly StageKind[],
  empty: boolean,
): string {
  const giving = candidates
    .filter(({ gives }) => gives.some((given) => accepts.includes(given)))
    .map(({ name }) => name)
  const what = accepts.length === 1 ? accepts[0] : accepts.length === 2 ? 'either' : 'any of these'
  const add = empty ? `needs: [${giving[0]}]` : `${giving[0]} to needs`
  if (giving.length === 1) return `add ${add}, the only stage here that gives ${what}`
  if (giving.length > 1) return `add ${orList(giving)} to needs`
  const makers = kinds.filter((one) => one.gives.some((given) => accepts.includes(given))).map((one) => one.kind)
  const use = makers.length > 0 ? `, such as ${makers[0]}` : ''
  return `add a stage that gives ${orList(accepts)}${use}; none here does`
}
