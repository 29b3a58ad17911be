import { resolve } from 'node:path'
import type { StageKind } from '../../stages/stage.ts'
import { findFaults } from './compile.ts'
import { explainErrors } from './explain.ts'
import { fillSettings } from './fill.ts'
import type { Findings } from './findings.ts'
import { type MapNode, type Node, originOf, type Path, plainOf, type Span } from './node.ts'
import { fromCommandLine } from './override.ts'
import { branchesOf, closedSchema, type Schema, schemaAt } from './settings-schema.ts'
import type { Protocol } from './spec.ts'

const closed = new WeakMap<object, Schema>()

function schemaOf(kind: StageKind): Schema {
  const schema = closed.get(kind.settings) ?? closedSchema(kind.settings)
  closed.set(kind.settings, schema)
  return schema
}

export interface SettingsText {
  readonly stage: string
  /** Resolved `with`; undefined where the stage has none. */
  readonly node: MapNode | undefined
  /** Where to point for a setting that is missing. */
  readonly fallback: Span
  readonly protocol: Protocol
  readonly cwd: string
}

/** Every setting of a stage, defaults filled in and checked; undefined after telling what is wrong. */
export function checkSettings(
  kind: StageKind,
  { stage, node, fallback, protocol, cwd }: SettingsText,
  findings: Findings,
): Readonly<Record<string, unknown>> | undefined {
  const schema = schemaOf(kind)
  const given = node === undefined ? {} : plainWithPaths(node, schema, [], cwd)
  const filled = fillSettings(schema, given, protocol)
  const faults = findFaults(schema, filled)
  if (faults.length === 0) return filled as Readonly<Record<string, unknown>>
  const nameOf = (path: Path): string => [stage, ...path].join('.')
  explainErrors(
    faults,
    {
      root: node,
      fallback,
      nameOf: (path) => (path.length === 0 ? `${stage}.with` : nameOf(path)),
      mapNameOf: (path) => (path.length === 0 ? `${stage}.with` : nameOf(path)),
      specPath: ['stages', stage, 'with'],
    },
    findings,
  )
  return undefined
}

/** Settings with the kind's defaults, for showing; unchecked. */
export function filledSettings(kind: StageKind, node: MapNode | undefined, protocol: Protocol, cwd: string): unknown {
  const schema = schemaOf(kind)
  return fillSettings(schema, node === undefined ? {} : plainWithPaths(node, schema, [], cwd), protocol)
}

/** The plain value, with paths that came by the command line made absolute: they start at the working folder. */
function plainWithPaths(node: Node, schema: Schema, path: Path, cwd: string): unknown {
  if (node.type === 'list') return node.items.map((item, i) => plainWithPaths(item, schema, [...path, i], cwd))
  if (node.type === 'map') {
    return Object.fromEntries(
      [...node.entries].map(([name, { value }]) => [name, plainWithPaths(value, schema, [...path, name], cwd)]),
    )
  }
  const value = plainOf(node)
  if (typeof value !== 'string' || !fromCommandLine(originOf(node))) return value
  const own = schemaAt(schema, path)
  const isPath = own !== undefined && branchesOf(own).some((branch) => branch['x-path'] === true)
  return isPath ? resolve(cwd, value) : value
}
