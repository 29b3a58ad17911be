import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Findings } from './findings.ts'
import { type AxisValue, identityOf, type Matrix, type MatrixCell } from './matrix.ts'
import type { Entry, Node } from './node.ts'

/** Axis -> identities of the values with which a stage exists; empty where it always does. */
export type When = ReadonlyMap<string, ReadonlySet<string>>

/** Reads `when` of a stage. An axis that the matrix has not is E130, a value that its axis has not E106, no variant left E131. */
export function readWhen(stage: string, entry: Entry | undefined, matrix: Matrix, findings: Findings): When {
  const when = new Map<string, ReadonlySet<string>>()
  if (entry?.value.type !== 'map' || matrix.broken) return when
  for (const [axis, { key, value }] of entry.value.entries) {
    const path = `stages.${stage}.when.${axis}`
    if (!matrix.axes.includes(axis)) {
      const near = nearestNames(axis, matrix.axes)
      const list = matrix.axes.length > 0 ? `Axes: ${matrix.axes.join(', ')}` : 'this spec has no matrix; remove when'
      const help = near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list
      findings.error('E130', `the matrix has no axis ${sanitize(axis) || '""'}`, { at: key, path, help })
      continue
    }
    const values = valuesOf(matrix, axis)
    const nodes = value.type === 'list' && !values.has(identityOf(value)) ? value.items : [value]
    const found = nodes.flatMap((node) => {
      const identity = meant(node, values)
      if (identity !== undefined) return [identity]
      if (node.type !== 'broken') tellUnknown(stage, axis, node, values, findings)
      return []
    })
    if (nodes.length === 0)
      findings.error('E106', `${stage}.when.${axis} names no value`, { at: value.at, path, help: 'write one or more' })
    when.set(axis, new Set(found))
  }
  const sound = [...when.values()].every((identities) => identities.size > 0)
  if (sound && matrix.cells.length > 0 && !matrix.cells.some((cell) => existsIn(when, cell)))
    findings.error('E131', `${stage} is in no variant`, {
      at: entry.key,
      path: `stages.${stage}.when`,
      help: 'compare when with the cells that the matrix has',
    })
  return when
}

/** Whether a stage exists in a cell. */
export function existsIn(when: When, cell: MatrixCell): boolean {
  for (const [axis, identities] of when) if (!identities.has(cell.get(axis)?.identity ?? '')) return false
  return true
}

const valuesOf = ({ cells }: Matrix, axis: string): ReadonlyMap<string, AxisValue> =>
  new Map(cells.flatMap((cell) => (cell.has(axis) ? [[cell.get(axis)!.identity, cell.get(axis)!] as const] : [])))

/** The value that a node means: an equal one, or a map or list by its label. */
function meant(node: Node, values: ReadonlyMap<string, AxisValue>): string | undefined {
  if (node.type === 'broken') return undefined
  const identity = identityOf(node)
  if (values.has(identity)) return identity
  if (node.type !== 'scalar') return undefined
  for (const [known, value] of values)
    if (value.node.type !== 'scalar' && value.label === sanitize(String(node.value))) return known
  return undefined
}

function tellUnknown(
  stage: string,
  axis: string,
  node: Node,
  values: ReadonlyMap<string, AxisValue>,
  findings: Findings,
): void {
  const labels = [...values.values()].map(({ label }) => label)
  const wrong = node.type === 'scalar' ? sanitize(node.text) : `a ${node.type}`
  const near = nearestNames(wrong, labels)
  const list = `Values: ${labels.slice(0, 12).join(', ')}${labels.length > 12 ? ', ...' : ''}`
  findings.error('E106', `no variant has ${axis}=${wrong}`, {
    at: node.at,
    path: `stages.${stage}.when.${axis}`,
    help: near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list,
  })
}
