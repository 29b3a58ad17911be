import { canonicalJson } from '../../base/canonical.ts'
import { formatCount, plural } from '../../base/format.ts'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Findings } from './findings.ts'
import { type Entry, entryOf, type ListNode, type MapNode, memberOf, type Node, plainOf } from './node.ts'

/** More variants than this are a slip of the pen. */
const MAX_VARIANTS = 10_000

export interface AxisValue {
  readonly node: Node
  readonly plain: unknown
  /** As addresses show it: `0.90`. */
  readonly label: string
  /** Equal for equal values, however they are spelt. */
  readonly identity: string
}

/** One variant: axis -> value, in the order of the axes. */
export type MatrixCell = ReadonlyMap<string, AxisValue>

export interface Matrix {
  readonly axes: readonly string[]
  readonly cells: readonly MatrixCell[]
  /** Its axes cannot be read, which was told: nobody knows which there are. */
  readonly broken?: true
}

const NO_MATRIX: Matrix = { axes: [], cells: [new Map()] }

/**
 * All cells of a matrix: the product of its axes, the first one slowest, with zipped axes moving together, less
 * what `exclude` matches, plus what `include` lists. Expects the shape that the envelope's schema checks; parts of
 * another shape are left out.
 */
export function expandMatrix(node: Node | undefined, findings: Findings): Matrix {
  const axesNode = memberOf(node, 'axes')
  if (node === undefined) return NO_MATRIX
  if (axesNode?.type !== 'map') return { axes: [], cells: [], broken: true }
  const axes = new Map<string, readonly AxisValue[]>()
  for (const [name, { value }] of axesNode.entries) {
    if (value.type === 'list') axes.set(name, axisValues(name, value, findings))
    else axes.set(name, [])
  }
  const names = [...axes.keys()]
  const groups = zipGroups(memberOf(node, 'zip'), axes, axesNode, findings)
  const size = groups.reduce((product, group) => product * axes.get(group[0])!.length, 1)
  if (size > MAX_VARIANTS) {
    const at = entryOf(node, 'axes')!.key
    const help = 'zip axes that belong together, or list the cells with include'
    findings.error(
      'E106',
      `the matrix has ${formatCount(size)} variants, at most ${formatCount(MAX_VARIANTS)} are allowed`,
      { at, help },
    )
    return { axes: names, cells: [] }
  }
  let cells: MatrixCell[] = [new Map()]
  for (const group of groups) {
    cells = cells.flatMap((cell) =>
      axes
        .get(group[0])!
        .map((_, i) => new Map([...cell, ...group.map((name) => [name, axes.get(name)![i]] as const)])),
    )
  }
  cells = excluded(cells, memberOf(node, 'exclude'), names, findings)
  cells = included(cells, memberOf(node, 'include'), axes, findings)
  if (cells.length === 0 && [...axes.values()].every((values) => values.length > 0)) {
    const at = (entryOf(node, 'exclude') ?? entryOf(node, 'axes'))!.key
    findings.error('E131', 'no variant is left', { at, help: 'exclude fewer cells' })
  }
  return { axes: names, cells: cells.map((cell) => inOrder(cell, names)) }
}

const inOrder = (cell: MatrixCell, names: readonly string[]): MatrixCell =>
  new Map(names.flatMap((name) => (cell.has(name) ? [[name, cell.get(name)!] as const] : [])))

function axisValues(name: string, list: ListNode, findings: Findings): AxisValue[] {
  const values = list.items.map((node, index) => axisValue(node, index))
  const [byValue, byLabel] = [new Map<string, AxisValue>(), new Map<string, AxisValue>()]
  for (const value of values) {
    const same = byValue.get(value.identity) ?? byLabel.get(value.label)
    byValue.set(value.identity, value)
    byLabel.set(value.label, value)
    if (same === undefined || value.node.type === 'broken') continue
    findings.error('E102', `axis ${name} lists ${value.label} twice`, {
      at: value.node.at,
      related: [{ message: 'the first one', at: same.node.at }],
      help: 'remove one of the two; maps are told apart by a name in them',
    })
  }
  return values
}

/** Equal for equal values, however they are spelt. */
export const identityOf = (node: Node): string => canonicalJson(plainOf(node))

function axisValue(node: Node, index: number): AxisValue {
  const plain = plainOf(node)
  return { node, plain, label: sanitize(spelling(node, index)), identity: canonicalJson(plain) }
}

const BROKEN: Node = { type: 'broken', at: { file: '', start: 0, end: 0 } }

/** Without a sound cell there is one in which everything that names an axis is broken, so that the rest is still looked at. */
export function cellsOf({ axes, cells }: Matrix): readonly MatrixCell[] {
  if (cells.length > 0) return cells
  return [new Map(axes.map((axis) => [axis, { node: BROKEN, plain: null, label: '', identity: '' }]))]
}

/** A value as its spelling shows it in an address: `0.90`; a map goes by its `name`, else by its number. */
function spelling(node: Node, index: number): string {
  if (node.type === 'scalar') return node.text
  if (node.type === 'list') return `[${node.items.map((item) => spelling(item, 0)).join(',')}]`
  const name = memberOf(node, 'name')
  return name?.type === 'scalar' && name.value !== null ? String(name.value) : String(index + 1)
}

/** Every axis in one group; an axis that no zip names is a group of its own. */
function zipGroups(
  zip: Node | undefined,
  axes: ReadonlyMap<string, readonly AxisValue[]>,
  axesNode: MapNode,
  findings: Findings,
): string[][] {
  const groupOf = new Map([...axes.keys()].map((name) => [name, [name]]))
  for (const list of zip?.type === 'list' ? zip.items : []) {
    const group: string[] = []
    for (const item of list.type === 'list' ? list.items : []) {
      const name = item.type === 'scalar' ? String(item.value) : ''
      if (!axes.has(name)) unknownAxis(name, item.at, [...axes.keys()], findings)
      else if (groupOf.get(name)!.length > 1 || group.includes(name)) {
        findings.error('E102', `axis ${name} stands in zip twice`, { at: item.at, help: 'name each axis once' })
      } else if (group.length > 0 && axes.get(name)!.length !== axes.get(group[0])!.length) {
        const [a, b] = [axes.get(group[0])!.length, axes.get(name)!.length]
        findings.error(
          'E106',
          `zipped axes must be equally long: ${group[0]} has ${plural(a, 'value')}, ${name} ${b}`,
          {
            at: item.at,
            related: [{ message: `${name} is set here`, at: axesNode.entries.get(name)!.key }],
            help: 'give both the same number of values',
          },
        )
      } else group.push(name)
    }
    for (const name of group) groupOf.set(name, group)
  }
  return [...new Set(groupOf.values())].filter((group) => group.length > 0)
}

function unknownAxis(name: string, at: Entry['key'], names: readonly string[], findings: Findings): void {
  const near = nearestNames(name, names)
  findings.error('E130', `the matrix has no axis ${sanitize(name) || '""'}`, {
    at,
    help: `${near.length > 0 ? `did you mean ${near.join(', ')}? ` : ''}Axes: ${names.join(', ')}`,
  })
}

const mapsOf = (node: Node | undefined): MapNode[] =>
  node?.type === 'list' ? node.items.filter((item) => item.type === 'map') : []

function excluded(
  cells: MatrixCell[],
  node: Node | undefined,
  names: readonly string[],
  findings: Findings,
): MatrixCell[] {
  return mapsOf(node).reduce((left, pattern) => {
    for (const [name, entry] of pattern.entries)
      if (!names.includes(name)) unknownAxis(name, entry.key, names, findings)
    const kept = left.filter((cell) =>
      [...pattern.entries].some(([name, entry]) => {
        const value = cell.get(name)
        return value === undefined || value.identity !== identityOf(entry.value)
      }),
    )
    const known = [...pattern.entries.keys()].every((name) => names.includes(name))
    if (known && kept.length === left.length) {
      findings.error('E131', 'exclude matches no variant', {
        at: pattern.at,
        help: 'compare its values with those of the axes',
      })
    }
    return kept
  }, cells)
}

function included(
  cells: MatrixCell[],
  node: Node | undefined,
  axes: ReadonlyMap<string, readonly AxisValue[]>,
  findings: Findings,
): MatrixCell[] {
  const names = [...axes.keys()]
  const result = [...cells]
  for (const [i, extra] of mapsOf(node).entries()) {
    const cell = new Map<string, AxisValue>()
    for (const [name, { key, value }] of extra.entries) {
      const values = axes.get(name)
      if (values === undefined) unknownAxis(name, key, names, findings)
      const same = values?.find((known) => known.identity === identityOf(value))
      cell.set(name, same ?? axisValue(value, (values?.length ?? 0) + i))
    }
    const missing = names.filter((name) => !cell.has(name))
    if (missing.length > 0) {
      findings.error('E103', `this cell gives no value for ${missing.join(', ')}`, {
        at: extra.at,
        help: 'name every axis',
      })
    } else if (result.some((other) => names.every((name) => other.get(name)!.identity === cell.get(name)!.identity))) {
      findings.error('E102', 'this variant is in the matrix already', { at: extra.at, help: 'remove it' })
    } else result.push(cell)
  }
  return result
}
