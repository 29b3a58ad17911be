import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { kindSchema, specSchema } from '../../runner/spec/json-schema.ts'
import { OWN_KEYWORDS } from '../../runner/spec/settings-schema.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'
import { KINDS } from './kinds.ts'
import { EXAMPLE } from './rig.ts'

function validator(schema: object) {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
  return ajv.addVocabulary([...OWN_KEYWORDS]).compile(schema)
}

test('the schema of one kind asks only for what has no default', () => {
  const folder = KINDS.find(({ kind }) => kind === 'acquire/folder')!
  const validate = validator(kindSchema(folder))
  expect(validate({ dir: 'x' })).toBe(true)
  expect(validate({ dir: 'x', masks: {} })).toBe(true)
  expect(validate({})).toBe(false)
  expect(validate({ dir: 'x', wehre: {} })).toBe(false)
  expect(kindSchema(folder)).toMatchObject({ title: 'acquire/folder', type: 'object', required: ['dir'] })
})

test('the schema of a spec takes the example, and settings by the kind of their stage', () => {
  const validate = validator(specSchema(KINDS))
  const check = (text: string) => validate(parse(text))
  expect(check(EXAMPLE)).toBe(true)
  expect(check(EXAMPLE.replace('per_image: 20', 'per_image: "${params.n}"'))).toBe(true)
  expect(check(EXAMPLE.replace('per_image: 20', 'per_image: some'))).toBe(false)
  expect(check(EXAMPLE.replace('epochs: 60', 'epohcs: 60'))).toBe(false)
  expect(check(EXAMPLE.replace('train/dfr', 'train/dfx'))).toBe(false)
  expect(check(EXAMPLE.replace('seed: 7', 'sede: 7'))).toBe(false)
  expect(check(EXAMPLE.replace('name: dataset-b-170', ''))).toBe(false)
  expect(check('version: 1\nextends: base.yaml\nstages: { train: { with: { lr: 1 } } }\n')).toBe(true)
})

test('the schema of all kinds takes the specs that ship', () => {
  const validate = validator(specSchema(STAGE_KINDS))
  for (const name of ['quickstart', 'folder', 'dataset-a-128', 'dataset-b-170', 'base/thesis']) {
    const spec = parse(readFileSync(new URL(`../../pipelines/${name}.yaml`, import.meta.url), 'utf8')) as object
    const whole = name === 'base/thesis' ? { name: 'thesis', ...spec } : spec
    expect([name, validate(whole), validate.errors?.slice(0, 3)]).toEqual([name, true, undefined])
  }
})
