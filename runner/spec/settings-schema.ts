/** The part of JSON Schema that settings are written in, with our own keywords. Typebox makes these. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly required?: readonly string[]
  readonly items?: Schema | boolean
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly description?: string
  readonly 'x-unit'?: string
  readonly 'x-thesis'?: unknown
  readonly 'x-path'?: boolean
  readonly 'x-inert'?: boolean
  /** What messages call a value of this schema: `the name of a stage`. */
  readonly 'x-words'?: string
}

export const OWN_KEYWORDS = ['x-unit', 'x-inert', 'x-thesis', 'x-path', 'x-words'] as const

/** The branches of a union, or the schema itself. */
export const branchesOf = (schema: Schema): readonly Schema[] => schema.anyOf ?? schema.oneOf ?? [schema]

/** Whether a schema takes values of this JSON type, judged by `type`, `const` and `enum` alone. */
export function takesType(schema: Schema, value: unknown): boolean {
  if (schema.const !== undefined) return jsonType(schema.const) === jsonType(value)
  if (schema.enum !== undefined) return schema.enum.some((one) => jsonType(one) === jsonType(value))
  if (schema.type === undefined) return true
  const types = [schema.type].flat()
  return types.includes(jsonType(value)) || (types.includes('integer') && Number.isInteger(value))
}

export function jsonType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** A copy in which maps with named keys take no others, unless the schema says so. Whatever typebox hides is gone. */
export function closedSchema(schema: object): Schema {
  return closed(JSON.parse(JSON.stringify(schema))) as Schema
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, DATA_KEYWORDS.has(name) ? member : closed(member)]),
  )
  const named = copy.properties !== undefined && copy.type === 'object'
  if (named && copy.additionalProperties === undefined && copy.patternProperties === undefined) {
    copy.additionalProperties = false
  }
  return copy
}

/** Keywords whose value is data and no schema. */
const DATA_KEYWORDS: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples', 'x-thesis'])

/** The schema of one setting, through maps and unions; undefined where there is none of that name. */
export function schemaAt(schema: Schema | undefined, path: readonly (string | number)[]): Schema | undefined {
  if (schema === undefined || path.length === 0) return schema
  const [step, ...rest] = path
  for (const branch of branchesOf(schema)) {
    const items = typeof branch.items === 'object' ? branch.items : undefined
    const own =
      branch.properties !== undefined && Object.hasOwn(branch.properties, step) ? branch.properties[step] : undefined
    const free = Object.values(branch.patternProperties ?? {}).at(0)
    const inner = typeof step === 'number' ? items : (own ?? free)
    const found = inner && schemaAt(inner, rest)
    if (found !== undefined) return found
  }
  return undefined
}
