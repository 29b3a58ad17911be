import { type Document, isAlias, isScalar, isSeq, parseDocument, type Node as YamlNode } from 'yaml'
import { sanitize } from '../../base/sanitize.ts'
import type { Findings } from './findings.ts'
import { nestingFault } from './nesting.ts'
import type { Entry, Node, Span } from './node.ts'

/** Longer texts are no specs: a spec of a thousand stages has a tenth of it. */
const MAX_LENGTH = 1 << 20
/** Values after aliases are followed; a few lines of aliases of aliases make billions. */
const MAX_NODES = 100_000

/**
 * One YAML 1.2 document (core schema) as a tree of values with their places. The text must have been added to the
 * sources under `file`; `from` and `to` bound the part to read. Gives undefined where the syntax is broken, after
 * telling why: E101 for syntax, E102 for a key that stands twice (the first one counts).
 */
export function parseYaml(file: string, findings: Findings, from = 0, to?: number): Node | undefined {
  const text = (findings.sources.texts.get(file) ?? '').slice(from, to)
  const fault = textFault(text) ?? nestingFault(text)
  if (fault !== undefined) {
    const at = { file, start: from + fault.start, end: from + fault.end }
    findings.error('E101', fault.message, { at, help: fault.help })
    return undefined
  }
  const document = parseDocument(text, {
    schema: 'core',
    prettyErrors: false,
    uniqueKeys: false, // quadratic there; told by us, with the place of the first one
    resolveKnownTags: false,
  })
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const at = { file, start: from + pos[0], end: from + pos[1] }
    findings.error('E101', syntaxMessage(message), { at, help: syntaxHelp(code, text, pos[0]) })
  }
  if (document.errors.length + document.warnings.length > 0) return undefined
  return new Converter(document, file, from, findings).convertRoot()
}

interface TextFault {
  readonly message: string
  readonly start: number
  readonly end: number
  readonly help: string
}

function textFault(text: string): TextFault | undefined {
  if (text.length > MAX_LENGTH) {
    return {
      message: 'the file is larger than 1 MB',
      start: 0,
      end: 1,
      help: 'give a spec; data belongs in files that it names',
    }
  }

  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.exec(text)
  if (control === null) return undefined
  const [start, end] = [control.index, control.index + 1]
  const message = `character ${sanitize(control[0]).replace(/[\ufffe\uffff]/, 'U+FFFE')} in the text`
  return { message, start, end, help: 'a spec is plain text in UTF-8; take this character out' }
}

function syntaxMessage(message: string): string {
  const text = sanitize(message.split('\n')[0]).replace(/; please use.*$/, '')
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function syntaxHelp(code: string, text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset + 40).split('\n')[0]
  if (/(^|[^"'\w$]|: )\$\{/.test(line)) return 'put "${...}" in double quotes'
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indent with spaces'
    case 'MULTIPLE_DOCS':
      return 'keep one spec in a file'
    case 'TAG_RESOLVE_FAILED':
      return 'take the tag away: a spec has text, numbers, true, false, null, lists and maps'
    case 'BAD_ALIAS':
      return 'name the anchor as it is written after &'
    default:
      return 'compare the indentation, brackets and quotes here and in the line before'
  }
}

class Converter {
  readonly #document: Document.Parsed
  readonly #file: string
  readonly #from: number
  readonly #findings: Findings
  readonly #open = new Set<YamlNode>()
  /** Filled in the order of the text, so an alias means the nearest anchor before it. */
  readonly #anchors = new Map<string, YamlNode>()
  #count = 0

  constructor(document: Document.Parsed, file: string, from: number, findings: Findings) {
    this.#document = document
    this.#file = file
    this.#from = from
    this.#findings = findings
  }

  convertRoot(): Node | undefined {
    const node = this.#convert(this.#document.contents)
    if (this.#count <= MAX_NODES) return node
    this.#fail(node.at, 'aliases make more than 100,000 values of this text', 'write out what is meant')
    return undefined
  }

  #convert(node: YamlNode | null): Node {
    const at = this.#span(node)
    this.#count++
    if (node === null) return { type: 'scalar', value: null, text: '', at }
    if (this.#count > MAX_NODES) return { type: 'broken', at }
    if (isAlias(node)) return this.#alias(node.source, at)
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    if (isScalar(node)) return this.#scalar(node.value, node.source ?? '', at)
    this.#open.add(node)
    try {
      if (isSeq(node))
        return { type: 'list', items: (node.items as (YamlNode | null)[]).map((item) => this.#convert(item)), at }
      return this.#map(node.items, at)
    } finally {
      this.#open.delete(node)
    }
  }

  #scalar(value: unknown, source: string, at: Span): Node {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return this.#fail(at, `${source} is no finite number`, 'write a finite number', 'E105')
    }
    if (typeof value === 'number' || typeof value === 'boolean') return { type: 'scalar', value, text: source, at }
    if (value === null) return { type: 'scalar', value: null, text: source, at }
    const text = typeof value === 'string' ? value : source
    return { type: 'scalar', value: text, text, at }
  }

  #alias(name: string, at: Span): Node {
    const target = this.#anchors.get(name)
    if (target === undefined)
      return this.#fail(at, `no anchor &${sanitize(name)}`, 'name the anchor as it is written after &')
    if (this.#open.has(target)) return this.#fail(at, `*${sanitize(name)} contains itself`, 'write out what is meant')
    return this.#convert(target)
  }

  #map(items: readonly { key: unknown; value: unknown }[], at: Span): Node {
    const entries = new Map<string, Entry>()
    for (const { key, value } of items) {
      const keySpan = this.#span(key as YamlNode | null)
      if (!isScalar(key) || key.value === null) {
        this.#fail(keySpan, 'a key must be plain text', 'write a name before the colon', 'E105')
        continue
      }
      const name = typeof key.value === 'string' ? key.value : (key.source ?? '')
      const first = entries.get(name)
      if (first !== undefined) {
        this.#findings.error('E102', `key ${sanitize(name)} stands twice`, {
          at: keySpan,
          related: [{ message: 'the first one', at: first.key }],
          help: 'remove one of the two',
        })
      } else entries.set(name, { key: keySpan, value: this.#convert(value as YamlNode | null) })
    }
    return { type: 'map', entries, at }
  }

  #fail(at: Span, message: string, help: string, code = 'E101'): Node {
    this.#findings.error(code, message, { at, help })
    return { type: 'broken', at }
  }

  #span(node: YamlNode | null): Span {
    const range = node?.range
    return { file: this.#file, start: this.#from + (range?.[0] ?? 0), end: this.#from + (range?.[1] ?? 0) }
  }
}
