import type { TSchema } from 'typebox'
import Type from '../../base/type.ts'
import { findFaults } from './compile.ts'
import { CONTROL_SCHEMA } from './control.ts'
import { explainErrors } from './explain.ts'
import { SPEC_VERSION } from './extend.ts'
import type { Findings } from './findings.ts'
import { type MapNode, type Path, plainOf } from './node.ts'
import { closedSchema, type Schema } from './settings-schema.ts'

/** Names of stages that would read like something else in `--set` and on the screen. */
const TAKEN_NAMES = ['version', 'name', 'seed', 'protocol', 'outputs', 'params', 'matrix', 'stages']

const names = (pattern: string, words: string, description: string, not: readonly string[] = []) => ({
  pattern,
  ...(not.length > 0 && { not: { enum: not } }),
  'x-words': words,
  description,
})
const freeName = names('^[A-Za-z_][A-Za-z0-9_-]*$', 'a name', 'use letters, digits, - and _')
const stageName = names(
  '^(?=.{1,100}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$', // names folders, so not too long for one
  'a stage name',
  `use lower-case letters, digits and -, at most 100; ${TAKEN_NAMES.join(', ')} are taken`,
  TAKEN_NAMES,
)
const mapOf = (values: object, propertyNames: object = {}, more: object = {}): TSchema =>
  Type.Unsafe({ type: 'object', propertyNames, additionalProperties: values, ...more })
const optionalMap = (map: TSchema): TSchema => Type.Optional(Type.Union([map, Type.Null()], { 'x-words': 'a map' }))
const cells = Type.Optional(Type.Array(mapOf({}), { description: 'cells: maps of axis to value' }))

/** One stage, before its settings are looked at. */
export const StageEnvelope = Type.Object({
  uses: Type.String({
    minLength: 1,
    'x-words': 'the name of a stage kind',
    description: 'write FAMILY/METHOD, such as train/dfr',
  }),
  needs: Type.Optional(
    Type.Union([Type.Array(Type.String()), mapOf({ type: 'string' }), Type.Null()], {
      'x-words': 'a list of stages, or a map of inputs to stages',
      description: 'write [STAGE], or { INPUT: STAGE }',
    }),
  ),
  with: Type.Optional(
    Type.Union([mapOf({}), Type.Null(), Type.String({ pattern: '^\\$\\{[^{}]*\\}$', 'x-words': 'one reference' })], {
      'x-words': 'a map of settings',
      description: 'write { SETTING: VALUE }, or one reference to such a map',
    }),
  ),
  keep: Type.Optional(Type.Boolean({ description: 'keep what this stage gives in outputs: files, or images as PNG' })),
  when: Type.Optional(
    mapOf({}, freeName, { description: 'write { AXIS: VALUE }, or [VALUES]: the stage is in these variants alone' }),
  ),
  ...CONTROL_SCHEMA,
})

/** A whole spec, before the settings of its stages are looked at. */
export const Envelope = Type.Object({
  version: Type.Literal(SPEC_VERSION),
  name: Type.String(
    names('^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', 'a plain name', 'use letters, digits, ., - and _, at most 64'),
  ),
  summary: Type.Optional(Type.String()),
  protocol: Type.Optional(Type.Union([Type.Literal('standard'), Type.Literal('thesis')], { default: 'standard' })),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295, default: 0 })),
  outputs: Type.Optional(Type.String({ minLength: 1, 'x-path': true })),
  params: optionalMap(mapOf({}, freeName)),
  matrix: Type.Optional(
    Type.Object({
      axes: mapOf({ type: 'array', items: {}, minItems: 1 }, freeName, { minProperties: 1 }),
      zip: Type.Optional(Type.Array(Type.Array(Type.String(), { minItems: 2 }))),
      include: cells,
      exclude: cells,
    }),
  ),
  stages: mapOf(StageEnvelope, stageName, { minProperties: 1 }),
})

let envelope: Schema | undefined

/** Checks everything around the settings: keys, types, names. */
export function checkEnvelope(root: MapNode, findings: Findings): void {
  const faults = findFaults((envelope ??= closedSchema(Envelope)), plainOf(root))
  if (faults.length === 0) return
  const first = root.entries.values().next().value?.key
  explainErrors(
    faults,
    {
      root,
      fallback: first ?? root.at,
      nameOf: shortName,
      mapNameOf: (path) => (path.length === 0 ? 'the spec' : shortName(path)),
      specPath: [],
    },
    findings,
  )
}

/** Stages go by their names: `train.needs`. */
const shortName = (path: Path): string => (path[0] === 'stages' && path.length > 1 ? path.slice(1) : path).join('.')
