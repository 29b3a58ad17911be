import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Findings } from './findings.ts'
import { type Entry, memberOf, type Node, originOf, type ScalarNode, type Span } from './node.ts'

/** What references may name. A value left out is not known yet: references to it stay as they are. */
export interface Scope {
  readonly params: Node | undefined
  /** Axis -> its value in this cell. */
  readonly matrix?: ReadonlyMap<string, Node>
  /** Names of all axes; undefined where the matrix has a fault that was told. */
  readonly axes: readonly string[] | undefined
}

/** `${params.grid}` in a text: what it names, and where it stands. */
interface Reference {
  /** None where the reference is never closed. */
  readonly names: readonly string[]
  /** The whole `${...}`, and each of its dotted names. */
  readonly at: Span
  readonly nameSpans: readonly Span[]
}

type Part = string | Reference

const REFERENCE = /\$\$\{|\$\{([^{}]*)\}?/g

/** Axes that the values below a node name directly. */
export function axesNamed(node: Node | undefined, into = new Set<string>()): Set<string> {
  if (node?.type === 'scalar' && typeof node.value === 'string') {
    for (const match of node.value.matchAll(REFERENCE)) {
      const [root, axis] = ((match as (string | undefined)[])[1] ?? '').split('.')
      if (root === 'matrix' && axis !== '') into.add(axis)
    }
  } else if (node?.type === 'list') for (const item of node.items) axesNamed(item, into)
  else if (node?.type === 'map') for (const { value } of node.entries.values()) axesNamed(value, into)
  return into
}

/**
 * Puts values in place of `${params.x}` and `${matrix.x}`, with dotted paths into them; standing alone a reference
 * takes whole maps and lists. `$${` is a literal `${`. Unknown names are E130 and E132 at the name; the value is
 * then broken.
 */
export function resolveReferences(node: Node, scope: Scope, findings: Findings): Node {
  switch (node.type) {
    case 'broken':
      return node
    case 'list':
      return { ...node, items: node.items.map((item) => resolveReferences(item, scope, findings)) }
    case 'map': {
      const entries = new Map<string, Entry>()
      for (const [name, { key, value }] of node.entries) {
        entries.set(name, { key, value: resolveReferences(value, scope, findings) })
      }
      return { ...node, entries }
    }
    case 'scalar':
      return typeof node.value === 'string' && node.value.includes('${') ? resolveText(node, scope, findings) : node
  }
}

/** Tells every reference below a node that may hold none. */
export function forbidReferences(node: Node, where: string, findings: Findings): void {
  if (node.type === 'list') for (const item of node.items) forbidReferences(item, where, findings)
  else if (node.type === 'map') for (const { value } of node.entries.values()) forbidReferences(value, where, findings)
  else if (node.type === 'scalar' && typeof node.value === 'string') {
    for (const part of partsOf(node, node.value, findings)) {
      if (typeof part === 'string') continue
      const help = 'write the value; references belong in uses, with and outputs'
      findings.error('E132', `${where} takes no references`, { at: part.at, help })
    }
  }
}

function resolveText(node: ScalarNode, scope: Scope, findings: Findings): Node {
  const parts = partsOf(node, node.value as string, findings)
  const values = parts.map((part) => (typeof part === 'string' ? part : valueOf(part, scope, findings)))
  if (values.some((value) => typeof value !== 'string' && value?.type === 'broken')) {
    return { type: 'broken', at: node.at }
  }
  if (values.includes(undefined)) return node
  if (parts.length === 1 && typeof values[0] === 'object') {
    const value = values[0]
    return { ...value, at: node.at, origin: originOf(value) }
  }
  let text = ''
  for (const [i, value] of values.entries()) {
    if (typeof value === 'string') text += value
    else if (value?.type === 'scalar') text += String(value.value)
    else {
      const { names, at } = parts[i] as Reference
      findings.error('E105', `${names.join('.')} is a ${value?.type ?? 'map'}, which cannot be part of a text`, {
        at,
        help: 'let it stand alone, or name a value in it with a dotted path',
      })
      return { type: 'broken', at: node.at }
    }
  }
  const first = values.find((value) => value !== '')
  return {
    type: 'scalar',
    value: text,
    text,
    at: node.at,
    ...(typeof first === 'object' && { origin: originOf(first) }),
  }
}

/** The value a reference stands for: undefined while it is not known, broken after telling that it does not exist. */
function valueOf({ names, at, nameSpans }: Reference, scope: Scope, findings: Findings): Node | undefined {
  const [root, name, ...rest] = names as readonly [string, string | undefined, ...string[]]
  const broken: Node = { type: 'broken', at }
  if (names.length === 0) {
    findings.error('E132', 'this reference is never closed', {
      at,
      help: 'write } after its name, or $${ for a literal ${',
    })
    return broken
  }
  if ((root !== 'params' && root !== 'matrix') || name === undefined) {
    findings.error('E132', `no reference ${sanitize(`\${${names.join('.')}}`)}`, {
      at,
      help: 'write ${params.NAME} or ${matrix.AXIS}, and $${ for a literal ${',
    })
    return broken
  }
  let value: Node | undefined
  if (root === 'params') {
    value = memberOf(scope.params, name)
    if (value === undefined) {
      const known = scope.params?.type === 'map' ? [...scope.params.entries.keys()] : []
      const help = helpFor(name, known, 'Parameters', 'this spec has no params: add params: { NAME: VALUE }')
      findings.error('E132', `no parameter ${sanitize(name) || '""'}`, { at: nameSpans[1], help })
    }
  } else {
    if (scope.axes === undefined) return broken
    if (scope.axes.includes(name) && scope.matrix === undefined) return undefined
    value = scope.matrix?.get(name)
    if (value === undefined) {
      const help = helpFor(
        name,
        scope.axes,
        'Axes',
        'this spec has no matrix: add matrix: { axes: { NAME: [VALUES] } }',
      )
      findings.error('E130', `the matrix has no axis ${sanitize(name) || '""'}`, { at: nameSpans[1], help })
    }
  }
  for (const [i, inner] of rest.entries()) {
    if (value === undefined || value.type === 'broken') break
    const next = memberOf(value, inner)
    if (next === undefined) {
      const code = root === 'params' ? 'E132' : 'E130'
      const known = value.type === 'map' ? [...value.entries.keys()] : []
      findings.error(code, `${names.slice(0, i + 2).join('.')} has no member ${sanitize(inner) || '""'}`, {
        at: nameSpans[i + 2],
        related: [{ message: `${names[1]} is set here`, at: originOf(value) }],
        help: helpFor(inner, known, 'Members', 'it is no map; leave the dotted part out'),
      })
    }
    value = next
  }
  return value ?? broken
}

function helpFor(wrong: string, known: readonly string[], title: string, none: string): string {
  if (known.length === 0) return none
  const near = nearestNames(wrong, known)
  const list = `${title}: ${known.join(', ')}`
  return near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list
}

/** Cuts a text into literal parts and references. A reference that is never closed is told, and literal. */
function partsOf(node: ScalarNode, value: string, findings: Findings): Part[] {
  const raw = (findings.sources.texts.get(node.at.file) ?? '').slice(node.at.start, node.at.end)
  const parts: Part[] = []
  let done = 0
  let rawFrom = 0
  for (const match of value.matchAll(REFERENCE)) {
    const [whole, inner] = match as unknown as [string, string | undefined]
    if (match.index > done) parts.push(value.slice(done, match.index))
    done = match.index + whole.length
    const rawAt = raw.indexOf(whole, rawFrom)
    if (rawAt !== -1) rawFrom = rawAt + whole.length
    // Written with escapes, the reference cannot be found in the source; the whole value is pointed at instead.
    const span = (start: number, length: number): Span =>
      rawAt === -1
        ? node.at
        : { file: node.at.file, start: node.at.start + rawAt + start, end: node.at.start + rawAt + start + length }
    if (inner === undefined) {
      parts.push('${')
      continue
    }
    const at = span(0, whole.length)
    const names = whole.endsWith('}') ? inner.split('.') : []
    const offsets = names.map((_, i) => 2 + names.slice(0, i).join('.').length + (i > 0 ? 1 : 0))
    parts.push({
      names,
      at,
      nameSpans: names.map((name, i) => (name === '' ? at : span(offsets[i], name.length))),
    })
  }
  if (done < value.length) parts.push(value.slice(done))
  return parts
}
