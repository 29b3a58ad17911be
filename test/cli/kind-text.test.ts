import Type from 'typebox'
import { expect, test } from 'vitest'
import { findKinds } from '../../cli/find-kinds.ts'
import { kindDetail, kindList, kindReference } from '../../cli/kind-text.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'
import { defineRun } from '../../stages/stage.ts'

const KIND = defineRun({
  kind: 'train/example',
  version: 4,
  summary: 'an example',
  paper: 'Nobody 2020',
  settings: Type.Object({
    epochs: Type.Integer({ description: 'Passes', default: 60, minimum: 1, 'x-unit': 'epochs', 'x-thesis': 150 }),
    latent: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 4096 })], { default: 'auto' }),
    border: Type.Optional(
      Type.Object({ cells: Type.Integer({ description: 'a | b', minimum: 0 }) }, { description: 'Cut' }),
    ),
    threads: Type.Number({ exclusiveMinimum: 0, default: 2, 'x-inert': true }),
  }),
  ports: { cells: { accepts: ['cells'], splits: ['train'] }, basis: { accepts: ['basis'], optional: true } },
  gives: ['model'],
  run: () => Promise.resolve({}),
})

test('one line a kind', () => {
  expect(kindList([KIND])).toBe('train/example  4  cells, basis? -> model  an example\n')
})

test('one kind in full', () => {
  expect(kindDetail(KIND)).toBe(`\
train/example  version 4
an example

needs   cells, only train; basis, optional
gives   model
paper   Nobody 2020

settings
  epochs        60 epochs               whole number from 1
                Passes; thesis: 150
  latent        auto                    auto | whole number from 1 to 4096
                
  border        none                    map
                Cut
  border.cells  required                whole number from 0
                a | b
  threads       2                       number above 0
                never changes a result
`)
})

test('the reference escapes what would break a table', () => {
  expect(kindReference([KIND])).toContain('| `border.cells` | required |  | whole number from 0 | a \\| b |  |')
})

test('a family, a kind, and a name that is neither', () => {
  expect(findKinds('train/dfr', STAGE_KINDS).map(({ kind }) => kind)).toEqual(['train/dfr'])
  expect(findKinds('enhance', STAGE_KINDS).map(({ kind }) => kind)).toEqual(['enhance/classic'])
  expect(() => findKinds('train/dfx', STAGE_KINDS)).toThrow('unknown stage kind "train/dfx"')
})

test('every kind there is can be shown', () => {
  for (const kind of STAGE_KINDS) expect(kindDetail(kind)).toContain(`${kind.kind}  version ${kind.version}`)
})
