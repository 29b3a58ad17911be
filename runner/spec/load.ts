import type { Diagnostic } from '../../base/diagnostic.ts'
import { digestValue } from '../../base/digest.ts'
import { shownPath } from '../../base/shown-path.ts'
import type { StageKind } from '../../stages/stage.ts'
import { CombinationTable } from './combinations.ts'
import { bindStages, composeStages, outputsFolder, resolveStages } from './compose.ts'
import { checkEnvelope } from './envelope.ts'
import { readSpec, readSpecText } from './extend.ts'
import { Findings } from './findings.ts'
import { findCycles, readNeeds, topologicalOrder } from './graph.ts'
import { checkKeep, imageStages, outputStages } from './implicit.ts'
import { expandMatrix } from './matrix.ts'
import { type Entry, entryOf, type MapNode, memberOf, originOf, plainOf } from './node.ts'
import { applyOverrides, type Override } from './override.ts'
import { axesNamed, forbidReferences, resolveReferences } from './reference.ts'
import { resolvedSpec } from './resolved.ts'
import { Sources } from './sources.ts'
import type { Protocol, Spec } from './spec.ts'
import { readStages, type StageContext } from './stages.ts'

export type { Override } from './override.ts'

/** Name of standard input in places and on screens. */
const STDIN_FILE = '<stdin>'

export type LoadRequest = ({ readonly path: string } | { readonly text: string }) & {
  /** Absolute working folder: files are shown from here, and paths of overrides start here. */
  readonly cwd: string
  /** Absolute project root: paths in the spec start here. */
  readonly root: string
  readonly overrides?: readonly Override[]
  readonly kinds: readonly StageKind[]
}

/** Texts of all files and arguments that were read, by the name that places give them. */
type SourceTexts = ReadonlyMap<string, string>

export type LoadResult =
  | {
      readonly ok: true
      readonly spec: Spec
      readonly warnings: readonly Diagnostic[]
      readonly sources: SourceTexts
      /** Absolute paths of those sources that are files. */
      readonly files: ReadonlyMap<string, string>
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly sources: SourceTexts }

/**
 * A spec from a file or a text, past every gate: syntax, `extends`, overrides, envelope, references, matrix, settings,
 * graph. Each step looks at what earlier ones left sound, so all faults are told at once. Reads no data and never
 * throws for what a spec may hold.
 */
export async function loadSpec(request: LoadRequest): Promise<LoadResult> {
  const findings = new Findings(new Sources())
  const spec = await load(request, findings)
  const sources = findings.sources.texts
  if (spec === undefined || findings.errors.length > 0) return { ok: false, diagnostics: findings.errors, sources }
  return { ok: true, spec, warnings: [], sources, files: findings.sources.files }
}

async function load(request: LoadRequest, findings: Findings): Promise<Spec | undefined> {
  const { cwd, overrides = [], kinds } = request
  const path = 'path' in request ? shownPath(request.path, cwd) : STDIN_FILE
  const written = await readRoot(request, findings)
  if (written === undefined) return undefined
  const root = applyOverrides(written, overrides, cwd, findings)
  checkEnvelope(root, findings)
  const params = memberOf(root, 'params')
  const matrixNode = memberOf(root, 'matrix')
  if (params !== undefined) forbidReferences(params, 'params', findings)
  if (matrixNode !== undefined) forbidReferences(matrixNode, 'matrix', findings)
  const matrix = expandMatrix(matrixNode, findings)
  const protocol: Protocol = topValue(root, 'protocol') === 'thesis' ? 'thesis' : 'standard'
  const context: StageContext = { params, matrix, protocol, cwd, kinds }

  const texts = readStages(root, matrix, findings)
  const needs = readNeeds(texts, findings)
  const acyclic = findCycles(needs, findings)
  const resolution = resolveStages(texts, needs, acyclic, context, findings)
  const bindings = bindStages(resolution, findings)
  const outputs = outputsEntry(root, context, findings)
  checkKeep(resolution, entryOf(root, 'outputs') !== undefined, findings)
  if (findings.errors.length > 0) return undefined

  const { stages, skipped } = composeStages(resolution, bindings, topologicalOrder(needs), findings.sources)
  const implicit =
    outputs === undefined
      ? []
      : [...imageStages(stages, resolution, findings), ...outputStages(stages, outputs, context, findings)]
  const variants = new CombinationTable(matrix).of(matrix.axes).all
  const folder = outputsFolder(outputs, request.root, cwd)
  const record = resolvedSpec(root, texts, context, findings)
  const summary = topValue(root, 'summary') as string | undefined
  return {
    name: topValue(root, 'name') as string,
    ...(summary !== undefined && { summary }),
    path,
    protocol,
    seed: (topValue(root, 'seed') as number | undefined) ?? 0,
    ...seedPlace(root, findings),
    ...(folder !== undefined && { outputs: folder }),
    variants: variants.map(({ variant }) => variant),
    labels: variants.map(({ label }) => label),
    stages: [...stages, ...implicit],
    skipped,
    overrides: overrides.map(({ text }) => text),
    digest: digestValue('spec', record),
    resolved: record,
  }
}

function topValue(root: MapNode, name: string): unknown {
  const node = memberOf(root, name)
  return node && plainOf(node)
}

function seedPlace(root: MapNode, { sources }: Findings): Pick<Spec, 'seedAt'> {
  const node = memberOf(root, 'seed')
  return node === undefined ? {} : { seedAt: sources.place(originOf(node), 'seed') }
}

async function readRoot(request: LoadRequest, findings: Findings): Promise<MapNode | undefined> {
  const reader = { findings, cwd: request.cwd }
  if ('path' in request) return readSpec(request.path, reader)
  findings.sources.add(STDIN_FILE, request.text.replace(/^\ufeff/, ''))
  return readSpecText(STDIN_FILE, reader)
}

/** `outputs:` with its parameters put in; one folder serves all variants. */
function outputsEntry(root: MapNode, { params }: StageContext, findings: Findings): Entry | undefined {
  const entry = entryOf(root, 'outputs')
  if (entry === undefined) return undefined
  const axes = [...axesNamed(entry.value)]
  if (axes.length > 0) {
    const help = 'write one folder; each variant gets its own inside'
    findings.error('E130', `outputs takes no axis, found ${axes.join(', ')}`, {
      at: entry.value.at,
      path: 'outputs',
      help,
    })
    return undefined
  }
  const value = resolveReferences(entry.value, { params, axes: [] }, findings)
  if (value.type === 'broken') return undefined
  if (value.type !== 'scalar' || typeof value.value !== 'string') {
    findings.error('E105', 'outputs must be a path', {
      at: value.at,
      path: 'outputs',
      help: 'write a folder, such as outputs/demo',
    })
    return undefined
  }
  return { key: entry.key, value }
}
