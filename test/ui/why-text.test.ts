import { expect, test } from 'vitest'
import type { WhyDocument } from '../../runner/explain/why-document.ts'
import { whyText } from '../../ui/why-text.ts'

const NOW = Date.parse('2026-11-23T14:00:00Z')
const digest = (head: string): string => head.padEnd(64, '0')
const STYLE = { columns: 120, nowMs: NOW, typed: new Map<string, readonly string[]>() }
const EARLIER = { run: '2a90', started: '2026-11-21T09:40:00Z' }

const SAMPLE: WhyDocument = {
  spec: { name: 'dataset-b-170', path: 'pipelines/dataset-b-170.yaml' },
  address: 'sample',
  kind: 'sample/cells',
  state: 'run',
  key: digest('8c40a3e1'),
  against: { ...EARLIER, key: digest('51d0be77') },
  reasons: [{ type: 'spec-field-changed', path: 'grid', old: 128, new: 170, at: 'pipelines/dataset-b-170.yaml:6:66' }],
  items: { total: 2880, stale: 2880 },
  same: [
    { name: 'kind version', value: 3 },
    { name: 'per_image', value: 20 },
    { name: 'seed', value: 7 },
    { name: 'extract', value: digest('77e0c1a9'), digest: true },
  ],
  decidedBy: [],
  after: [
    { stage: 'pca', count: 3 },
    { stage: 'train', count: 6 },
    { stage: 'score', count: 6 },
    { stage: 'evaluate', count: 6 },
    { stage: 'export', count: 6 },
  ],
  notes: [],
}

test('a stage whose setting changed', () => {
  expect(whyText(SAMPLE, STYLE).join('\n')).toBe(`\
sample  sample/cells  51d0be77 -> 8c40a3e1  against run 2a90, 2 days ago
  spec-field-changed  grid  128 -> 170  pipelines/dataset-b-170.yaml:6:66
  items               2,880 of 2,880 must be computed
  same                kind version 3, per_image 20, seed 7, extract 77e0c1a9
  after it            pca 3, train 6, score 6, evaluate 6, export 6 may follow`)
})

test('an argument is its own place', () => {
  const typed = new Map([['--set', ['--set seed=7', '--if sample.grid=170']]])
  const reasons = SAMPLE.reasons.map((reason) => ({ ...reason, at: '--set:2:13' }))
  expect(whyText({ ...SAMPLE, reasons }, { ...STYLE, typed })[1]).toBe(
    '  spec-field-changed  grid  128 -> 170  --if sample.grid=170',
  )
})

test('a stage that may run names what decides', () => {
  const { spec, kind, against, same, notes } = SAMPLE
  const address = 'pca@variance=0.90'
  const why: WhyDocument = {
    spec,
    address,
    kind,
    state: 'maybe',
    ...(against && { against }),
    reasons: [],
    same,
    decidedBy: ['sample'],
    after: [],
    notes,
  }
  expect(whyText(why, STYLE).slice(0, 2)).toEqual([
    'pca@variance=0.90  sample/cells  51d0be77 -> ?  against run 2a90, 2 days ago',
    '  maybe  runs unless sample gives the same output',
  ])
})

test('a fresh stage says since which run, and which kept files were touched', () => {
  const why: WhyDocument = {
    ...SAMPLE,
    state: 'fresh',
    items: { total: 2880, stale: 0 },
    against: { ...EARLIER, key: digest('8c40a3e1') },
    since: EARLIER,
    reasons: [],
    same: [],
    notes: [{ type: 'output-modified', artifact: 'scores.csv' }],
  }
  expect(whyText(why, STYLE).join('\n')).toBe(`\
sample  sample/cells  8c40a3e1  fresh since run 2a90, 2 days ago
  items            2,880, all there
  after it         pca 3, train 6, score 6, evaluate 6, export 6 rest on it
  output-modified  scores.csv was edited after the run; the next run writes it again`)
})

test('a stage that never ran is compared with the nearest of its kind', () => {
  const against = { ...EARLIER, key: digest('51d0be77'), address: 'train@lr=1e-3' }
  const why: WhyDocument = { ...SAMPLE, against, reasons: [{ type: 'no-previous-run' }], same: [], after: [] }
  expect(whyText(why, STYLE).slice(0, 2)).toEqual([
    'sample  sample/cells  51d0be77 -> 8c40a3e1  against train@lr=1e-3 of run 2a90, 2 days ago',
    '  no-previous-run  never ran here',
  ])
})

test('images that changed are told by number, by what changed of them, and by name', () => {
  const reasons: WhyDocument['reasons'] = [
    { type: 'input-changed', n: 4, total: 60, examples: ['a.png', 'b.png', 'c.png'], what: ['label', 'mask'] },
  ]
  expect(whyText({ ...SAMPLE, reasons }, STYLE)[1]).toBe(
    '  input-changed  4 of 60 images (label, mask): a.png, b.png, c.png, ...',
  )
})
