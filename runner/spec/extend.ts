import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { shownPath } from '../../base/shown-path.ts'
import type { Findings } from './findings.ts'
import { entryOf, type Entry, type MapNode, memberOf, type Node, type Span } from './node.ts'
import { parseYaml } from './parse.ts'

/** Larger files are not read at all. */
const MAX_BYTES = 4 << 20
export const SPEC_VERSION = 1

interface Reader {
  readonly findings: Findings
  readonly cwd: string
}

/** A file as one spec: itself over what it extends. Undefined where it, or one that it rests on, has no sound syntax. */
export async function readSpec(path: string, reader: Reader): Promise<MapNode | undefined> {
  return readOver(path, undefined, [], reader)
}

/** A text that was already added to the sources as `file`; what it extends is looked for from the working folder. */
export async function readSpecText(file: string, reader: Reader): Promise<MapNode | undefined> {
  return extendOver(file, reader.cwd, [], reader)
}

interface Step {
  readonly path: string
  readonly at: Span | undefined
}

async function readOver(path: string, at: Span | undefined, steps: readonly Step[], reader: Reader) {
  const { findings } = reader
  const file = shownPath(path, reader.cwd)
  const text = await readText(path)
  if (typeof text !== 'string') {
    findings.error(text.code, `cannot read ${file}: ${text.why}`, {
      at: at ?? { file, start: 0, end: 0 },
      help: text.help,
    })
    return undefined
  }
  const real = await realpath(path).catch(() => path)
  const repeated = steps.findIndex((step) => step.path === real)
  if (repeated !== -1 && at !== undefined) {
    const names = [...steps.slice(repeated), steps[repeated]].map((step) => shownPath(step.path, reader.cwd))
    findings.error('E108', `extends in a circle: ${names.join(' extends ')}`, {
      at,
      related: steps.slice(repeated + 1).flatMap((step) => (step.at ? [{ message: 'extends', at: step.at }] : [])),
      help: 'remove one of these extends',
    })
    return undefined
  }
  findings.sources.add(file, text, resolve(path))
  return extendOver(file, dirname(path), [...steps, { path: real, at }], reader)
}

async function extendOver(
  file: string,
  folder: string,
  steps: readonly Step[],
  reader: Reader,
): Promise<MapNode | undefined> {
  const own = parseTop(file, reader.findings)
  if (own === undefined) return undefined
  checkVersion(own, reader.findings)
  const base = entryOf(own, 'extends')
  if (base === undefined) return own
  const target = base.value
  if (target.type !== 'scalar' || typeof target.value !== 'string' || target.value === '') {
    const at = target.at.end > target.at.start ? target.at : base.key
    reader.findings.error('E105', 'extends must be the path of a spec', {
      at,
      help: 'write one file, relative to this one',
    })
    return undefined
  }
  const below = await readOver(resolve(folder, target.value), target.at, steps, reader)
  return below && mergeSpecs(below, own)
}

function parseTop(file: string, findings: Findings): MapNode | undefined {
  const before = findings.errors.length
  const root = parseYaml(file, findings)
  if (root === undefined || root.type === 'broken') return undefined
  if (root.type === 'map') return root
  if (findings.errors.length > before) return undefined
  const empty = root.type === 'scalar' && root.value === null
  const at = empty ? { file, start: 0, end: 0 } : root.at
  if (empty) findings.error('E101', 'the spec is empty', { at, help: 'start with version: 1, name and stages' })
  else findings.error('E105', 'a spec must be a map', { at, help: 'start with version: 1, name and stages' })
  return undefined
}

function checkVersion(root: MapNode, findings: Findings): void {
  const version = memberOf(root, 'version')
  if (version?.type !== 'scalar' || typeof version.value !== 'number' || version.value === SPEC_VERSION) return
  findings.error('E107', `this flawline reads specs of version ${SPEC_VERSION}, found ${version.text}`, {
    at: version.at,
    path: 'version',
    help: `write version: ${SPEC_VERSION}, with the keys that "pipeline schema" lists; version ${SPEC_VERSION} is the first, nothing to migrate`,
  })
}

/** Maps merge, lists and scalars replace; a stage whose `uses` differs replaces `with` whole. Each part keeps its own file. */
function mergeSpecs(below: MapNode, over: MapNode): MapNode {
  const merged = merge(below, over)
  const [stages, mine] = [memberOf(merged, 'stages'), memberOf(over, 'stages')]
  const old = memberOf(below, 'stages')
  const entries = new Map([...merged.entries].filter(([name]) => name !== 'extends'))
  if (stages?.type === 'map' && mine?.type === 'map') {
    const inner = new Map(stages.entries)
    for (const [name, entry] of mine.entries) {
      if (!otherKind(memberOf(old, name), entry.value)) continue
      const stage = inner.get(name)
      if (stage?.value.type !== 'map') continue
      const parts = new Map(stage.value.entries)
      const own = entryOf(entry.value, 'with')
      if (own === undefined) parts.delete('with')
      else parts.set('with', own)
      inner.set(name, { key: stage.key, value: { ...stage.value, entries: parts } })
    }
    entries.set('stages', { key: merged.entries.get('stages')!.key, value: { ...stages, entries: inner } })
  }
  return { ...merged, entries }
}

function otherKind(below: Node | undefined, over: Node): boolean {
  const [old, now] = [memberOf(below, 'uses'), memberOf(over, 'uses')]
  return old?.type === 'scalar' && now !== undefined && !(now.type === 'scalar' && now.value === old.value)
}

function merge(below: MapNode, over: MapNode): MapNode {
  const entries = new Map<string, Entry>(below.entries)
  for (const [name, entry] of over.entries) {
    const old = entries.get(name)?.value
    const value = old?.type === 'map' && entry.value.type === 'map' ? merge(old, entry.value) : entry.value
    entries.set(name, { key: entry.key, value })
  }
  return { type: 'map', entries, at: over.at }
}

interface Unreadable {
  readonly code: 'E002' | 'E101' | 'E403'
  readonly why: string
  readonly help: string
}

async function readText(path: string): Promise<string | Unreadable> {
  const help = 'name a YAML file, saved as UTF-8'
  try {
    const info = await stat(path)
    if (!info.isFile())
      return { code: 'E403', why: info.isDirectory() ? 'it is a folder' : 'it is no plain file', help }
    if (info.size > MAX_BYTES) return { code: 'E101', why: 'it is larger than 4 MB', help }
    return decodeUtf8(await readFile(path)) ?? { code: 'E101', why: 'it is not UTF-8 text', help }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { code: 'E002', why: 'there is no such file', help: 'check its path' }
    if (code === 'EACCES' || code === 'EPERM')
      return { code: 'E403', why: 'permission denied', help: 'make the file readable' }
    return { code: 'E403', why: message, help: 'check the file and its folder' }
  }
}

/** Text without its byte order mark, or undefined where the bytes are no UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
