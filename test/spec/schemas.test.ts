import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { type Random, seededRandom } from '../../base/random.ts'
import { compileSchema } from '../../runner/spec/compile.ts'
import { conforms } from '../../runner/spec/conforms.ts'
import { Envelope } from '../../runner/spec/envelope.ts'
import { fillSettings } from '../../runner/spec/fill.ts'
import { closedSchema } from '../../runner/spec/settings-schema.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'

const schemas: (readonly [string, object])[] = [
  ['the envelope', Envelope],
  ...STAGE_KINDS.map(({ kind, settings }) => [kind, settings] as const),
]

const ajv = new Ajv2020()

describe('schemas, which are compiled without a look at the schema of schemas', () => {
  test.each(schemas)('%s is a sound one', (_, schema) => {
    expect(ajv.validateSchema(closedSchema(schema)), ajv.errorsText()).toBe(true)
  })
})

const LEAVES = [
  null,
  true,
  0,
  1,
  -1,
  0.5,
  8,
  64,
  1e9,
  '',
  'auto',
  'all',
  'train',
  'a/b',
  'é😀',
  [],
  [1],
  ['a', 'a'],
  {},
  { x: 1 },
  { name: 'adam' },
]

/** The value with one part replaced, removed or added. */
function mutated(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.below(3) === 0) return LEAVES[random.below(LEAVES.length)]
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1)
    return [...(value.slice(0, at) as unknown[]), mutated(value[at], random), ...(value.slice(at + 1) as unknown[])]
  }
  const names = [...Object.keys(value), 'other', 'grid', 'clip']
  const name = names[random.below(names.length)]
  const rest = Object.entries(value).filter(([known]) => known !== name)
  if (random.below(4) === 0) return Object.fromEntries(rest)
  return Object.fromEntries([...rest, [name, mutated((value as Record<string, unknown>)[name], random)]])
}

describe('the quick look at a value says what the validator says', () => {
  const stage = { uses: 'a/b', needs: ['x'], with: { a: 1 }, keep: true, when: { a: [1] }, retries: 1, timeout: '10m' }
  const whole = {
    version: 1,
    name: 'a',
    params: { a: 1 },
    matrix: { axes: { a: [1] }, zip: [['a', 'b']], include: [{ a: 1 }] },
    stages: { a: { ...stage, resources: { gpu: 1, mem: '4G' } } },
  }
  test.each(schemas)('of %s', (name, given) => {
    const schema = closedSchema(given)
    const validate = compileSchema(schema)
    const start = name === 'the envelope' ? whole : fillSettings(schema, {}, 'standard')
    let sound = 0
    for (let i = 0; i < 1000; i++) {
      const random = seededRandom('schemas', name, i)
      let value = start
      for (let n = random.below(4); n > 0; n--) value = mutated(value, random)
      const filled = name === 'the envelope' ? value : fillSettings(schema, value, 'standard')
      expect([conforms(schema, filled), filled]).toEqual([validate(filled), filled])
      if (validate(filled)) sound++
    }
    expect(sound).toBeGreaterThanOrEqual(name.startsWith('acquire/') || name.startsWith('command/') ? 0 : 50)
  })
})
