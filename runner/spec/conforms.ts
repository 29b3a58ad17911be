import { canonicalJson } from '../../base/canonical.ts'
import { isMap } from './is-map.ts'

/** A schema by keyword; these checks know no more of it. */
type Keywords = Readonly<Record<string, unknown>>
type Check = (rule: unknown, value: unknown, schema: Keywords) => boolean

/**
 * Whether a value is plainly what a JSON Schema asks for, without the validator that says what is wrong: that takes longer
 * to load and compile than a whole plan. False also where a keyword is not known here.
 */
export function conforms(schema: unknown, value: unknown): boolean {
  if (typeof schema === 'boolean') return schema
  if (!isMap(schema)) return false
  for (const keyword of Object.keys(schema)) {
    if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) continue
    if (!Object.hasOwn(CHECKS, keyword) || !CHECKS[keyword](schema[keyword], value, schema)) return false
  }
  return true
}

const ANNOTATIONS: ReadonlySet<string> = new Set(['description', 'default', 'title', 'examples'])

const isType: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMap,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

const equal = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && canonicalJson(a) === canonicalJson(b))

const schemas = (rule: unknown): readonly unknown[] => (Array.isArray(rule) ? (rule as unknown[]) : [])
const members = (rule: unknown): Keywords => (isMap(rule) ? rule : {})

/** A rule about values of one kind alone: others pass. */
const ofText =
  (holds: (rule: unknown, text: string) => boolean): Check =>
  (rule, value) =>
    typeof value !== 'string' || holds(rule, value)
const ofNumber =
  (holds: (limit: number, value: number) => boolean): Check =>
  (rule, value) =>
    typeof value !== 'number' || holds(Number(rule), value)
const ofList =
  (holds: (rule: unknown, items: readonly unknown[]) => boolean): Check =>
  (rule, value) =>
    !Array.isArray(value) || holds(rule, value)
const ofMap =
  (holds: (rule: unknown, map: Keywords, schema: Keywords) => boolean): Check =>
  (rule, value, schema) =>
    !isMap(value) || holds(rule, value, schema)

const CHECKS: Readonly<Record<string, Check>> = {
  type: (rule, value) => [rule].flat().some((type) => isType[String(type)](value)),
  const: equal,
  enum: (rule, value) => schemas(rule).some((one) => equal(one, value)),
  anyOf: (rule, value) => schemas(rule).some((one) => conforms(one, value)),
  allOf: (rule, value) => schemas(rule).every((one) => conforms(one, value)),
  not: (rule, value) => isMap(rule) && Object.keys(rule).every((each) => each in CHECKS) && !conforms(rule, value),
  minimum: ofNumber((limit, value) => value >= limit),
  maximum: ofNumber((limit, value) => value <= limit),
  exclusiveMinimum: ofNumber((limit, value) => value > limit),
  exclusiveMaximum: ofNumber((limit, value) => value < limit),
  multipleOf: ofNumber((unit, value) => Number.isInteger(value / unit)),
  minLength: ofText((limit, text) => Array.from(text).length >= Number(limit)),
  maxLength: ofText((limit, text) => Array.from(text).length <= Number(limit)),
  pattern: ofText((pattern, text) => expression(String(pattern)).test(text)),
  minItems: ofList((limit, items) => items.length >= Number(limit)),
  maxItems: ofList((limit, items) => items.length <= Number(limit)),
  uniqueItems: ofList((rule, items) => rule !== true || new Set(items.map(canonicalJson)).size === items.length),
  items: ofList((rule, items) => items.every((item) => conforms(rule, item))),
  minProperties: ofMap((limit, map) => Object.keys(map).length >= Number(limit)),
  maxProperties: ofMap((limit, map) => Object.keys(map).length <= Number(limit)),
  required: ofMap((names, map) => schemas(names).every((name) => Object.hasOwn(map, String(name)))),
  propertyNames: ofMap((rule, map) => Object.keys(map).every((name) => conforms(rule, name))),
  properties: ofMap((rule, map) =>
    Object.entries(members(rule)).every(([name, inner]) => !Object.hasOwn(map, name) || conforms(inner, map[name])),
  ),
  patternProperties: ofMap((rule, map) =>
    Object.entries(members(rule)).every(([pattern, inner]) =>
      Object.keys(map).every((name) => !expression(pattern).test(name) || conforms(inner, map[name])),
    ),
  ),
  additionalProperties: ofMap((rule, map, { properties, patternProperties }) => {
    const patterns = Object.keys(members(patternProperties)).map(expression)
    const isNamed = (name: string): boolean =>
      Object.hasOwn(members(properties), name) || patterns.some((pattern) => pattern.test(name))
    return Object.keys(map).every((name) => isNamed(name) || conforms(rule, map[name]))
  }),
}

const expressions = new Map<string, RegExp>()

function expression(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(pattern, 'u')
  expressions.set(pattern, known)
  return known
}
