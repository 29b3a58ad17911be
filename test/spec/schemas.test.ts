import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { Envelope } from '../../runner/spec/envelope.ts'
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
