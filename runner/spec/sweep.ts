import type { Findings } from './findings.ts'
import {
  type Entry,
  type ListNode,
  type MapNode,
  memberOf,
  type Node,
  nodeAt,
  type Path,
  type Span,
  withNodeAt,
} from './node.ts'
import { parseYaml } from './parse.ts'

/** `--sweep PATH=V1,V2`, its path understood. */
export interface Sweep {
  readonly path: Path
  /** The path as it was written, and its last part, which names the axis. */
  readonly written: string
  readonly axis: string
  readonly pathAt: Span
  readonly axisAt: Span
  readonly values: string
  readonly valuesAt: Span
}

/**
 * One variant for each value: replaces the values of the axis that alone drives the path (`lr: "${matrix.lr}"`), else
 * adds an axis named like its last part. Sweeps settings and kinds of stages, and parameters: what refers to them then
 * refers to the axis. Anything else is E004, an axis of that name that drives something else E102.
 */
export function applySweep(root: MapNode, sweep: Sweep, findings: Findings): MapNode {
  const { path, written, axis, axisAt, pathAt } = sweep
  const isParameter = path[0] === 'params'
  const isOfStage = path[0] === 'stages' && (path[2] === 'uses' || (path[2] === 'with' && path.length > 3))
  if (!isParameter && !isOfStage) {
    const help = 'sweep a parameter, a setting, or the kind of a stage (stages.NAME.uses)'
    findings.error('E004', `${written} cannot be swept`, { at: pathAt, help })
    return root
  }
  const values = valuesOf(sweep, findings)
  if (values === undefined || !takesAxes(root)) return root
  const withAxis = (name: string): MapNode => withNodeAt(root, ['matrix', 'axes', name], values, axisAt)
  const axes = nodeAt(root, ['matrix', 'axes'])
  const driver = drivingAxis(nodeAt(root, path))
  if (driver !== undefined && memberOf(axes, driver) !== undefined) return withAxis(driver)
  const other = axes?.type === 'map' ? axes.entries.get(axis) : undefined
  if (other !== undefined) {
    findings.error('E102', `there is an axis ${axis} already, which does not drive ${written}`, {
      at: axisAt,
      related: [{ message: 'the axis', at: other.key }],
      help: 'sweep what that axis drives, or give it another name',
    })
    return root
  }
  const reference = `\${matrix.${axis}}`
  if (isOfStage)
    return withNodeAt(withAxis(axis), path, { type: 'scalar', value: reference, text: reference, at: axisAt }, axisAt)
  const replaced = withReferences(withAxis(axis), `\${${path.join('.')}`, `\${matrix.${axis}`)
  if (replaced !== undefined) return replaced
  findings.error('E004', `no stage refers to ${written}`, { at: pathAt, help: 'sweep the setting of a stage itself' })
  return root
}

const drivingAxis = (node: Node | undefined): string | undefined =>
  node?.type === 'scalar' ? /^\$\{matrix\.([^{}.]+)\}$/.exec(String(node.value))?.[1] : undefined

/** Whether there is no matrix yet, or one that is a map of maps; another shape is told with the envelope. */
function takesAxes(root: MapNode): boolean {
  const isOpen = (node: Node | undefined): boolean => node === undefined || node.type === 'map'
  return isOpen(memberOf(root, 'matrix')) && isOpen(nodeAt(root, ['matrix', 'axes']))
}

function valuesOf({ values, valuesAt }: Sweep, findings: Findings): ListNode | undefined {
  const parts = topLevelParts(values)
  const nodes = parts.map(([from, to]) =>
    parseYaml(valuesAt.file, findings, valuesAt.start + from, valuesAt.start + to),
  )
  const sound = nodes.filter((node) => node !== undefined)
  if (sound.length < nodes.length) return undefined
  if (sound.length === 1 && sound[0].type === 'list') return sound[0]
  return { type: 'list', items: sound, at: valuesAt }
}

/** Where the parts of `1e-3,[a, b],"x,y"` stand. */
function topLevelParts(text: string): readonly (readonly [from: number, to: number])[] {
  const parts: [number, number][] = []
  let [from, depth, quote] = [0, 0, '']
  for (const [i, character] of Array.from({ length: text.length }, (_, i) => text[i]).entries()) {
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if ('[{'.includes(character)) depth++
    else if (']}'.includes(character)) depth--
    else if (character === ',' && depth === 0) {
      parts.push([from, i])
      from = i + 1
    }
  }
  return [...parts, [from, text.length]]
}

/** The same with another reference in `uses`, `with` and `outputs`; undefined where nothing has it. */
function withReferences(root: MapNode, old: string, now: string): MapNode | undefined {
  const found = new Set<string>()
  const change = (node: Node): Node => {
    switch (node.type) {
      case 'broken':
        return node
      case 'list':
        return { ...node, items: node.items.map(change) }
      case 'map':
        return changeEntries(node, () => true)
      case 'scalar': {
        const { value } = node
        if (typeof value !== 'string') return node
        const changed = [`${old}}`, `${old}.`].reduce((text, from) => text.replaceAll(from, now + from.at(-1)!), value)
        if (changed !== value) found.add(changed)
        return changed === value ? node : { ...node, value: changed, text: changed }
      }
    }
  }
  const changeEntries = (node: MapNode, isMeant: (name: string) => boolean, how = change): MapNode => ({
    ...node,
    entries: new Map(
      [...node.entries].map(([name, entry]): [string, Entry] => [
        name,
        isMeant(name) ? { ...entry, value: how(entry.value) } : entry,
      ]),
    ),
  })
  const ofStage = (stage: Node): Node =>
    stage.type === 'map' ? changeEntries(stage, (name) => name === 'uses' || name === 'with') : stage
  const ofStages = (stages: Node): Node => (stages.type === 'map' ? changeEntries(stages, () => true, ofStage) : stages)
  const changed = changeEntries(root, (name) => name === 'stages', ofStages)
  return found.size > 0 ? changed : undefined
}
