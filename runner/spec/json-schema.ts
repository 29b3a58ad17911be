import type { StageKind } from '../../stages/stage.ts'
import { Envelope, StageEnvelope } from './envelope.ts'
import { closedSchema, type Schema } from './settings-schema.ts'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** A text with `${params.x}` or `${matrix.x}` in it, which may stand for any setting. */
const REFERENCE = { type: 'string', pattern: '\\$\\{(params|matrix)\\.' }

/** JSON Schema of one kind's `with`, as people write it: what has a default may be left out. */
export const kindSchema = (kind: StageKind): object => ({
  $schema: DIALECT,
  title: kind.kind,
  description: kind.summary,
  ...asWritten(closedSchema(kind.settings)),
})

/** JSON Schema of a whole spec, for editors: the `with` of each stage against the kind that its `uses` names. */
export function specSchema(kinds: readonly StageKind[]): object {
  const { properties, required } = closedSchema(Envelope)
  const stage = closedSchema(StageEnvelope)
  const names = kinds.map(({ kind }) => kind)
  const uses = { description: 'Stage kind', anyOf: [{ enum: names }, REFERENCE] }
  const settings = kinds.map(({ kind, settings: schema }) => ({
    if: { properties: { uses: { const: kind } }, required: ['uses'] },
    then: {
      properties: { with: { anyOf: [withReferences(asWritten(closedSchema(schema))), REFERENCE, { type: 'null' }] } },
    },
  }))
  return {
    $schema: DIALECT,
    title: 'flawline spec',
    type: 'object',
    properties: {
      ...properties,
      extends: { type: 'string', description: 'Spec below this one, relative to this file' },
      stages: {
        ...properties?.stages,
        additionalProperties: { ...stage, required: [], properties: { ...stage.properties, uses }, allOf: settings },
      },
    },
    additionalProperties: false,
    required: ['version'],
    // What a spec leaves out may come from the one that it extends.
    if: { required: ['extends'] },
    else: {
      required,
      properties: { stages: { additionalProperties: { type: 'object', required: stage.required } } },
    },
  }
}

/** Without the keys that a default fills, which only validation after filling may ask for. */
function asWritten(schema: Schema): Schema {
  const { properties, required, anyOf, items } = schema
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, asWritten) }),
    ...(required && { required: required.filter((name) => properties?.[name]?.default === undefined) }),
    ...(anyOf && { anyOf: anyOf.map(asWritten) }),
    ...(typeof items === 'object' && { items: asWritten(items) }),
  }
}

/** Every setting of a map may also be a reference. */
function withReferences(schema: Schema): object {
  const { properties, items } = schema
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, orReference) }),
    ...(typeof items === 'object' && { items: orReference(items) }),
  }
}

function orReference(schema: Schema): object {
  const { description, default: byDefault } = schema
  return {
    ...(description !== undefined && { description }),
    ...(byDefault !== undefined && { default: byDefault }),
    anyOf: [withReferences(schema), REFERENCE],
  }
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}
