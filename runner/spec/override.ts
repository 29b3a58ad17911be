import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import { CONTROL_KEYS } from './control.ts'
import type { Findings } from './findings.ts'
import { type MapNode, memberOf, type Node, nodeAt, type Path, type Span, withNodeAt } from './node.ts'
import { parseYaml } from './parse.ts'
import { applySweep } from './sweep.ts'

/** One `--set PATH=VALUE`, `--set ~PATH`, `--set-string PATH=TEXT`, `--set-file PATH=FILE` or `--sweep PATH=V1,V2`, in the order of the command line. */
export interface Override {
  readonly option: '--set' | '--set-string' | '--set-file' | '--sweep'
  readonly text: string
}

/** Keys of a spec, and of a stage, that an override may name as they are. */
const TOP_KEYS = ['seed', 'protocol', 'outputs']
const STAGE_KEYS = ['uses', 'needs', 'with', 'keep', 'when', ...CONTROL_KEYS]

/** What follows the path of an option, with an example. */
const EXAMPLES: Readonly<Record<Override['option'], readonly [what: string, example: string]>> = {
  '--set': ['VALUE', '170'],
  '--set-string': ['VALUE', '170'],
  '--set-file': ['FILE', 'grid.txt'],
  '--sweep': ['V1,V2', '128,170'],
}

/** Whether a value came by the command line, where paths start at the working folder. */
export const fromCommandLine = (span: Span): boolean => span.file.startsWith('--')

/**
 * Applies overrides from left to right, as the same edits of the file would. Arguments become files of their own:
 * the second `--set` is line 2 of `--set`. A path that leads nowhere is E004; wrong settings are left to the schema.
 */
export function applyOverrides(
  root: MapNode,
  overrides: readonly Override[],
  cwd: string,
  findings: Findings,
): MapNode {
  const starts = addArguments(overrides, findings)
  let result = root
  overrides.forEach((override, i) => (result = applyOne(result, override, starts[i], cwd, findings)))
  return result
}

/** The texts of all arguments of one option are the lines of one file; gives where each starts. */
function addArguments(overrides: readonly Override[], findings: Findings): readonly number[] {
  const texts = new Map<string, string>()
  const starts = overrides.map(({ option, text }) => {
    const before = texts.get(option)
    const start = before === undefined ? 0 : before.length + 1
    texts.set(option, before === undefined ? text : `${before}\n${text}`)
    return start
  })
  for (const [option, text] of texts) findings.sources.add(option, text)
  return starts
}

function applyOne(root: MapNode, { option, text }: Override, start: number, cwd: string, findings: Findings): MapNode {
  const removes = option === '--set' && text.startsWith('~')
  const equals = text.indexOf('=')
  const from = removes ? 1 : 0
  const end = removes || equals === -1 ? text.length : equals
  const span = (a: number, b: number): Span => ({ file: option, start: start + a, end: start + b })
  if (!removes && equals < 1) {
    const [what, example] = EXAMPLES[option]
    const help = `write ${option} PATH=${what}, such as ${option} sample.grid=${example}`
    findings.error('E004', `no path and value in ${option} "${sanitize(text)}"`, { at: span(0, text.length), help })
    return root
  }
  const names = text.slice(from, end).split('.')
  const offsets = names.map((_, i) => from + names.slice(0, i).join('.').length + (i > 0 ? 1 : 0))
  const nameSpan = (i: number): Span => span(offsets[i], offsets[i] + names[i].length)
  const path = specPath(root, names)
  if ('message' in path) {
    findings.error('E004', path.message, { at: nameSpan(path.index), help: path.help })
    return root
  }
  const blocked = path.findIndex((_, i) => i > 0 && !isMapOrOpen(nodeAt(root, path.slice(0, i))))
  if (blocked !== -1) {
    const inside = path.slice(0, blocked).join('.')
    findings.error('E004', `${inside} is no map of settings`, { at: span(from, end), help: `set ${inside} itself` })
    return root
  }
  if (option === '--sweep') {
    const [written, values] = [names.join('.'), text.slice(end + 1)]
    const at = { pathAt: span(from, end), axisAt: nameSpan(names.length - 1), valuesAt: span(end + 1, text.length) }
    return applySweep(root, { path, written, axis: names.at(-1)!, values, ...at }, findings)
  }
  if (removes) {
    if (nodeAt(root, path) !== undefined) return withNodeAt(root, path, undefined, span(from, end))
    findings.error('E004', `nothing to remove: ${names.join('.')} is not set`, {
      at: span(from, end),
      help: 'its default applies already; leave this option out',
    })
    return root
  }
  const value = valueNode(option, text.slice(end + 1), span(end + 1, text.length), cwd, findings)
  return value === undefined ? root : withNodeAt(root, path, value, nameSpan(names.length - 1))
}

/** A name of the path that leads nowhere. */
interface Miss {
  readonly index: number
  readonly message: string
  readonly help: string
}

/** `sample.grid` -> `stages.sample.with.grid`. */
function specPath(root: Node, names: readonly string[]): Path | Miss {
  const stages = keysOf(memberOf(root, 'stages'))
  const [first, second, third] = names as readonly (string | undefined)[]
  if (first === 'params') {
    if (second === undefined) return miss(names, 0, 'path', ['params.NAME'])
    const params = keysOf(memberOf(root, 'params'))
    return params.includes(second) ? names : miss(names, 1, 'parameter', params)
  }
  if (names.length === 1 && TOP_KEYS.includes(names[0])) return names
  if (first === 'stages' && second !== undefined) {
    if (!stages.includes(second)) return miss(names, 1, 'stage', stages)
    if (third === undefined)
      return { index: 1, message: `no key of ${second} is named`, help: `write stages.${second}.uses` }
    return STAGE_KEYS.includes(third) ? names : miss(names, 2, 'key of a stage', STAGE_KEYS)
  }
  if (!stages.includes(names[0])) return miss(names, 0, 'stage', [...stages, ...TOP_KEYS, 'params.NAME'])
  if (names.length > 1 && !names.includes('')) return ['stages', names[0], 'with', ...names.slice(1)]
  return { index: 0, message: `no setting of ${names[0]} is named`, help: `write ${names[0]}.SETTING` }
}

function miss(names: readonly string[], index: number, what: string, known: readonly string[]): Miss {
  const near = nearestNames(names[index], known)
  const list = known.length > 0 ? `Known here: ${known.join(', ')}` : 'There are none here'
  const help = near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list
  return { index, message: `no ${what} ${sanitize(names[index]) || '""'}`, help }
}

const keysOf = (node: Node | undefined): string[] => (node?.type === 'map' ? [...node.entries.keys()] : [])

const isMapOrOpen = (node: Node | undefined): boolean =>
  node === undefined || node.type === 'map' || (node.type === 'scalar' && node.value === null)

function valueNode(option: string, text: string, at: Span, cwd: string, findings: Findings): Node | undefined {
  if (option === '--set') return parseYaml(at.file, findings, at.start, at.end)
  if (option === '--set-string') return { type: 'scalar', value: text, text, at }
  try {
    const content = readFileSync(resolve(cwd, text), 'utf8')
    return { type: 'scalar', value: content, text: content, at }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message
    findings.error('E403', `cannot read ${sanitize(text)}: ${why}`, {
      at,
      help: 'name a text file, from the working folder',
    })
    return undefined
  }
}
