import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Type from 'typebox'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Item } from '../../artifacts/items.ts'
import { Cache } from '../../cache/cache.ts'
import { CostBook } from '../../runner/plan/cost-book.ts'
import type { SpecStage } from '../../runner/spec/spec.ts'
import { defineEach, defineRun, defineSource, type StageKind } from '../../stages/stage.ts'

const nothing = Type.Object({})
const neverRun = (): never => {
  throw new Error('not run here')
}
const source = defineSource({
  kind: 'acquire/x',
  version: 1,
  summary: '',
  settings: nothing,
  ports: {},
  gives: ['images'],
  scan: neverRun,
})
const extract = defineEach({
  kind: 'extract/x',
  version: 1,
  summary: '',
  settings: nothing,
  ports: { images: { accepts: ['images'] } },
  gives: ['features'],
  over: 'images',
  cost: (_, { items }) => ({ ms: 100 + items * 10, bytes: items * 1000 }),
  open: neverRun,
})
const train = defineRun({
  kind: 'train/x',
  version: 1,
  summary: '',
  settings: Type.Object({ epochs: Type.Integer() }),
  ports: { features: { accepts: ['features'], splits: ['train'] } },
  gives: ['model'],
  cost: ({ epochs }, { items }) => ({ ms: items * epochs, bytes: 500 }),
  run: neverRun,
})

const stage = (name: string, kind: StageKind, bindings: Record<string, string>, settings = {}): SpecStage => ({
  address: name,
  name,
  variant: {},
  kind,
  settings,
  bindings,
  control: { retries: 0, resources: {} },
  placeOf: () => ({ file: 'x.yaml' }),
  originOf: () => ({ file: 'x.yaml' }),
  writtenSettings: () => [],
})
const items = (n: number): Item[] =>
  Array.from({ length: n }, (_, i) => ({ id: `${i}`, split: i % 2 === 0 ? 'train' : 'test' }) as unknown as Item)

let folder: string
let cache: Cache
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flawline-'))
  cache = new Cache(folder)
})
afterEach(async () => {
  await cache.close()
  await rm(folder, { recursive: true })
})

function bookOf(n: number, epochs: number): { book: CostBook; extract: SpecStage; train: SpecStage } {
  const stages = [
    stage('acquire', source, {}),
    stage('extract', extract, { images: 'acquire' }),
    stage('train', train, { features: 'extract' }, { epochs }),
  ]
  const tables = new Map([['acquire', { items: items(n), files: new Map(), onBad: 'fail' as const }]])
  return { book: new CostBook(cache, stages, tables), extract: stages[1], train: stages[2] }
}

/** What computing took, noted and written down. */
function noted(book: CostBook, ...told: Parameters<CostBook['note']>): Promise<void> {
  book.note(...told)
  return cache.commit(() => book.write())
}

test('without history a stage costs what its kind says', () => {
  const { book, extract: stage } = bookOf(20, 3)
  expect(book.estimate(stage)).toEqual({ ms: 300, bytes: 20_000 })
  expect(book.estimate(stage, 1)).toEqual({ ms: 110, bytes: 1000 })
})

test('a measured cost tells that of other items, epochs and settings', async () => {
  const { book, train: stage } = bookOf(20, 3)
  await noted(book, stage, undefined, { ms: 60, bytes: 1000 })
  expect(book.estimate(stage)).toEqual({ ms: 60, bytes: 1000 })
  const other = bookOf(40, 30)
  expect(other.book.estimate(other.train)).toEqual({ ms: 1200, bytes: 1000 })
})

test('a slow machine is slow at kinds that never ran on it', async () => {
  const { book, train: slow, extract: unknown } = bookOf(20, 3)
  await noted(book, slow, undefined, { ms: 60, bytes: 1000 })
  expect(book.estimate(unknown)).toEqual({ ms: 600, bytes: 20_000 })
})

test('one item alone moves the estimate of all of them little', async () => {
  const { book, extract: stage } = bookOf(200, 3)
  await noted(book, stage, 200, { ms: 2100, bytes: 200_000 })
  await noted(book, stage, 1, { ms: 440, bytes: 1000 })
  expect(Math.round(book.estimate(stage)!.ms)).toBe(2697)
})

test('costs that are written together tell the same as one by one', async () => {
  const { book, extract: stage } = bookOf(200, 3)
  book.note(stage, 200, { ms: 2100, bytes: 200_000 })
  await noted(book, stage, 1, { ms: 440, bytes: 1000 })
  expect(Math.round(book.estimate(stage)!.ms)).toBe(2697)
})
