import { expect, test } from 'vitest'
import type { Bill, PlannedStage } from '../../runner/events.ts'
import { PLAIN_LOOK } from '../../ui/look.ts'
import { billLines, planMarkdown, planTable } from '../../ui/plan-table.ts'

const stage = (name: string, more: Partial<PlannedStage> = {}): PlannedStage => ({
  stage: name,
  address: name,
  variant: {},
  kind: `${name}/example`,
  needs: [],
  plan: 'fresh',
  reasons: [],
  list: false,
  ...more,
})

const pca = ['0.85', '0.90', '0.95'].map((value) =>
  stage('pca', { address: `pca@variance=${value}`, plan: 'maybe', needs: ['sample'], estMs: 1333, estBytes: 1e6 }),
)
const train = pca.flatMap(({ address }) =>
  ['1e-3', '3e-3'].map((lr) =>
    stage('train', {
      address: `${address.replace('pca', 'train')},lr=${lr}`,
      plan: 'maybe',
      needs: ['sample', address],
      estMs: 426_667,
      estBytes: 55e6 / 6,
    }),
  ),
)
const STAGES: readonly PlannedStage[] = [
  ...['acquire', 'split', 'enhance'].map((name) => stage(name, { list: true, items: 1203 })),
  stage('augment', { list: true, items: 3363 }),
  stage('extract', { items: 3363, estMs: 0, estBytes: 0 }),
  stage('sample', {
    plan: 'run',
    items: 2880,
    estMs: 41_800,
    estBytes: 96e6,
    needs: ['extract'],
    reasons: [
      { type: 'spec-field-changed', path: 'grid', old: 128, new: 170, at: 'pipelines/dataset-b-170.yaml:6:66' },
    ],
  }),
  ...pca,
  ...train,
]
const BILL: Bill = { run: 1, maybe: 9, reused: 5, estMs: 2_606_000, estBytes: 154e6, freeBytes: 212e9 }

test('the plan of the example', () => {
  expect([...planTable(STAGES, PLAIN_LOOK), ...billLines(BILL, STAGES, 2)].join('\n')).toBe(`\
  STAGE    COUNT  PLAN   ITEMS      TIME     DISK  WHY
= acquire      1  fresh  1,203
= split        1  fresh  1,203
= enhance      1  fresh  1,203
= augment      1  fresh  3,363
= extract      1  fresh  3,363        0s        0
* sample       1  run    2,880      ~42s   +96 MB  spec-field-changed grid 128 -> 170
? pca          3  maybe              ~4s    +3 MB  unless sample gives the same output
? train        6  maybe         ~42m 40s   +55 MB
Bill  1 to run, 9 may run, 5 reused  ~43m on 2 cores  +154 MB of 212 GB free  longest path sample > pca > train ~8m`)
})

test('the same as Markdown', () => {
  expect(planMarkdown(STAGES.slice(4, 6))).toEqual([
    '| stage | count | plan | items | time | disk | why |',
    '| --- | ---: | --- | ---: | ---: | ---: | --- |',
    '| extract | 1 | fresh | 3,363 | 0s | 0 |  |',
    '| sample | 1 | run | 2,880 | ~42s | +96 MB | spec-field-changed grid 128 -> 170 |',
  ])
})

test('parts of a fan-out that are fresh stand in a row of their own', () => {
  const mixed = [pca[0], { ...pca[1], plan: 'fresh' as const, estMs: 0, estBytes: 0 }, pca[2]]
  expect(planTable(mixed, PLAIN_LOOK)).toEqual([
    '  STAGE  COUNT  PLAN   ITEMS      TIME     DISK  WHY',
    '? pca        2  maybe              ~3s    +2 MB',
    '= pca        1  fresh               0s        0',
  ])
})

test('a cost that nobody knows is left out, not guessed', () => {
  expect(planTable([stage('train', { plan: 'run', reasons: [{ type: 'no-previous-run' }] })], PLAIN_LOOK)[1]).toBe(
    '* train      1  run                             no-previous-run',
  )
})

test('nothing to run', () => {
  expect(billLines({ ...BILL, run: 0, maybe: 0, reused: 15 }, [], 2)).toEqual(['Bill  nothing to run, 15 reused'])
})

test('what a sweep shares, and what its variants would take more one by one', () => {
  const groups = [
    { stages: 6, variants: 6 },
    { stages: 3, variants: 2 },
  ]
  expect(billLines({ ...BILL, shared: { variants: 6, groups, savedMs: 4_900_000 } }, [], 2)[1]).toBe(
    'Shared  6 stages computed once for all 6 variants, 3 for 2 each, saving ~1h 22m',
  )
})

test('items that are in the cache are told from those that must be computed', () => {
  const extract = stage('extract', { plan: 'run', items: 180, stale: 2, estMs: 1100, estBytes: 7e5 })
  expect(planTable([extract], PLAIN_LOOK)[1]).toBe('* extract      1  run   2/180       ~1s  +700 kB')
})

test('a chain of thousands is told in a line, by both its ends', () => {
  const chain = Array.from({ length: 5000 }, (_, i) =>
    stage(`s${i}`, i === 0 ? { plan: 'run', estMs: 1 } : { plan: 'maybe', estMs: 1, needs: [`s${i - 1}`] }),
  )
  expect(planTable(chain, PLAIN_LOOK)[2]).toMatch(/^\? s1 .*unless s0 gives the same output$/)
  expect(billLines(BILL, chain, 2)[0]).toContain(
    'longest path s0 > s1 > s2 > s3 > s4 > s5 > (4,988 more) > s4994 > s4995 > s4996 > s4997 > s4998 > s4999 ~5s',
  )
})
