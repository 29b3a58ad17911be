import fc from 'fast-check'
import { Check } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { digestBytes } from '../../base/digest.ts'
import { keyManifest, keyOf } from '../../runner/key.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'
import type { StageKind } from '../../stages/stage.ts'

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Values that a schema might take, of every shape it names; more than those that are valid. */
function candidates(schema: Schema): unknown[] {
  const { default: byDefault, enum: members, anyOf, items, properties, minimum, maximum } = schema
  const found: unknown[] = [byDefault, schema.const, true, false, 'a', 'b', 'a/b', '0', {}, []]
  const [low, high] = [Number(minimum ?? 0), Number(maximum ?? 1e6)]
  for (const number of [
    0,
    0.1,
    0.25,
    0.5,
    0.75,
    0.9,
    1,
    2,
    3,
    4,
    8,
    16,
    20,
    32,
    64,
    100,
    512,
    low,
    low + 1,
    (low + high) / 2,
    high,
  ])
    found.push(number)
  if (Array.isArray(members)) found.push(...(members as unknown[]))
  if (Array.isArray(anyOf)) for (const each of anyOf as Schema[]) found.push(...candidates(each))
  if (isSchema(items)) {
    const values = candidates(items).filter((value) => Check(items, value))
    for (const value of values) found.push([value])
    found.push(values.slice(0, 2), values.slice(1, 3))
  }
  if (isSchema(properties)) {
    const members = Object.entries(properties as Record<string, Schema>).map(([name, each]) => ({
      name,
      values: candidates(each).filter((value) => value !== undefined && Check(each, value)),
    }))
    const whole = Object.fromEntries(members.map(({ name, values }) => [name, values[0]]))
    for (const { name, values } of members)
      for (const value of values) found.push({ [name]: value }, { ...whole, [name]: value })
  }
  if (isSchema(schema.additionalProperties)) found.push({ A: '1' }, { A: '2' }, { B: '1' })
  return found
}

/** Different valid values of a setting. */
const valuesOf = (schema: Schema): unknown[] => [
  ...new Map(
    candidates(schema)
      .filter((value) => value !== undefined && Check(schema, value))
      .map((value) => [JSON.stringify(value), value]),
  ).values(),
]

/** Has one value, until there is another one. */
const isFixed = ({ enum: members }: Schema): boolean => Array.isArray(members) && members.length === 1

const computing = STAGE_KINDS.filter(({ shape }) => shape === 'each' || shape === 'run')

const keyWith = (kind: StageKind, settings: Readonly<Record<string, unknown>>): string =>
  keyOf(
    keyManifest({
      kind,
      settings,
      seed: 7,
      engine: 'engine@1',
      decoder: 'decoder@1',
      inputs: Object.fromEntries(
        Object.keys(kind.ports).map((port) => [port, { digest: digestBytes(Buffer.from(port)) }]),
      ),
    }),
  )

describe.each(computing)('a key of $kind', (kind) => {
  const properties = Object.entries(kind.settings.properties as Record<string, Schema>)

  test('differs whenever a setting differs that can change the result, and only then', () => {
    for (const [name, schema] of properties) {
      const values = valuesOf(schema)
      if (isFixed(schema)) continue
      expect(values.length, `values of ${name}`).toBeGreaterThan(1)
      const keys = new Set(values.map((value) => keyWith(kind, { [name]: value })))
      const isInert = schema['x-inert'] === true || schema['x-path'] === true
      expect(keys.size, name).toBe(isInert ? 1 : values.length)
    }
  })

  test('does not depend on the order of settings', () => {
    const settings = properties.map(([name, schema]) => [name, valuesOf(schema)[0]] as const)
    const expected = keyWith(kind, Object.fromEntries(settings))
    fc.assert(
      fc.property(fc.shuffledSubarray([...settings], { minLength: settings.length }), (order) => {
        expect(keyWith(kind, Object.fromEntries(order))).toBe(expected)
      }),
      { numRuns: 20, seed: 1 },
    )
  })

  test('has the version of the kind, every input, and seed, engine and decoder where they count', () => {
    const parts = { kind, settings: {}, seed: 7, engine: 'engine@1', decoder: 'decoder@1', inputs: {} }
    const keys = (changes: readonly Partial<typeof parts>[]): number =>
      new Set([{}, ...changes].map((change) => keyOf(keyManifest({ ...parts, ...change })))).size
    const input = (text: string) => ({ inputs: { port: { digest: digestBytes(Buffer.from(text)) } } })
    expect(keys([{ kind: { ...kind, version: kind.version + 1 } }, input('a'), input('b')])).toBe(4)
    const drawing = typeof kind.draws === 'function' ? kind.draws({ seed: false }) : kind.draws === true
    expect(keys([{ seed: 8 }])).toBe(drawing ? 2 : 1)
    expect(keys([{ engine: 'engine@2' }])).toBe(kind.computes === true ? 2 : 1)
  })
})

test('there are kinds to look at', () => {
  expect(computing.length).toBeGreaterThan(10)
})
