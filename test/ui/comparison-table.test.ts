import { expect, test } from 'vitest'
import { comparisonCsv, comparisonFiles, comparisonMarkdown } from '../../runner/comparison-files.ts'
import type { VariantFigures } from '../../runner/events.ts'
import { comparisonTable } from '../../ui/comparison-table.ts'
import { PLAIN_LOOK } from '../../ui/look.ts'

type Word = VariantFigures['standings'][number]['word']
const row = (
  address: string,
  variant: Record<string, unknown>,
  auroc: number,
  [word, gate]: [Word, VariantFigures['gate']],
): VariantFigures => ({
  stage: 'evaluate',
  variant,
  address: `evaluate@${address}`,
  metrics: {
    image_auroc: { value: auroc, interval: [auroc - 0.03, auroc + 0.02] },
    pixel_auroc: { value: 0.791 },
    pixel_aupro: { value: null },
  },
  standings: [
    { metric: 'image_auroc', difference: auroc - 0.921, interval: word === 'best' ? null : [-0.03, 0.01], word },
    { metric: 'pixel_auroc', difference: 0, interval: null, word: 'unknown' },
  ],
  gate,
  costMs: 723_000,
})
const rows = [
  row('variance=0.85,lr=1e-3', { variance: 0.85, lr: 0.001 }, 0.85, ['worse', 'missed']),
  row('variance=0.90,lr=1e-3', { variance: 0.9, lr: 0.001 }, 0.921, ['best', 'met']),
  row('variance=0.95,lr=1e-3', { variance: 0.95, lr: 0.001 }, 0.915, ['not-worse', 'met']),
]
const table = (columns: number, most = Infinity): string =>
  comparisonTable(rows, { look: PLAIN_LOOK, columns, most }).join('\n')

test('the best variant stands first, and who is not worse is marked', () => {
  expect(table(120)).toBe(
    `
VARIANT                IMAGE AUROC             PIXEL AUROC  GATE       TIME
variance=0.90,lr=1e-3  0.921 [0.891, 0.941] *  0.791        met     12m 03s
variance=0.95,lr=1e-3  0.915 [0.885, 0.935] ~  0.791        met     12m 03s
variance=0.85,lr=1e-3  0.850 [0.820, 0.870]    0.791        missed  12m 03s
* best  ~ not worse: the paired 95 % interval of the difference to the best holds 0
`.trim(),
  )
})

test('what does not fit is dropped: time, interval, further columns; at last the variant is cut', () => {
  expect(table(66).split('\n')[1]).toBe('variance=0.90,lr=1e-3  0.921 [0.891, 0.941] *  0.791        met')
  expect(table(65).split('\n').slice(0, 2)).toEqual([
    'VARIANT                IMAGE AUROC  PIXEL AUROC  GATE',
    'variance=0.90,lr=1e-3  0.921 *      0.791        met',
  ])
  expect(table(40)).toBe(
    `
VARIANT                IMAGE AUROC
variance=0.90,lr=1e-3  0.921 *
variance=0.95,lr=1e-3  0.915 ~
variance=0.85,lr=1e-3  0.850
* best  ~ not worse
`.trim(),
  )
  expect(table(30).split('\n')[1]).toBe('variance…,lr=1e-3  0.921 *')
  for (const width of [30, 36, 40, 50, 66, 80, 120])
    for (const line of table(width).split('\n')) expect(line.length).toBeLessThanOrEqual(width)
})

test('of many variants the first are shown', () => {
  expect(table(120, 1).split('\n').slice(1)).toEqual([
    'variance=0.90,lr=1e-3  0.921 [0.891, 0.941] *  0.791        met   12m 03s',
    '... and 2 more: pipeline show',
    '* best  ~ not worse: the paired 95 % interval of the difference to the best holds 0',
  ])
})

test('as Markdown, CSV and files; the files hold no times', () => {
  expect(comparisonMarkdown(rows)).toEqual([
    '| variance | lr | image_auroc | pixel_auroc | gate | time |',
    '| --- | --- | --- | --- | --- | --- |',
    '| 0.85 | 1e-3 | 0.850 [0.820, 0.870] | 0.791 | missed | 12m 03s |',
    '| 0.90 | 1e-3 | 0.921 [0.891, 0.941] best | 0.791 | met | 12m 03s |',
    '| 0.95 | 1e-3 | 0.915 [0.885, 0.935] not worse | 0.791 | met | 12m 03s |',
  ])
  const [heading, , best] = comparisonCsv(rows).split('\r\n')
  expect(heading.split(',').slice(0, 9)).toEqual([
    'variance',
    'lr',
    'image_auroc',
    'image_auroc_low',
    'image_auroc_high',
    'image_auroc_to_best',
    'image_auroc_to_best_low',
    'image_auroc_to_best_high',
    'image_auroc_standing',
  ])
  expect(best.split(',').slice(0, 3)).toEqual(['0.9', '0.001', '0.921'])
  const files = comparisonFiles(rows)
  expect(files.map(({ name }) => name)).toEqual(['comparison.csv', 'comparison.json', 'comparison.md'])
  const later = comparisonFiles(rows.map((each) => ({ ...each, costMs: 1 })))
  for (const [i, { content, bytes }] of files.entries()) {
    expect(later[i].content).toBe(content)
    expect(later[i].bytes()).toEqual(bytes())
  }
})

test('an axis value cannot become a formula', () => {
  const sly = { ...rows[0], address: "evaluate@model='=cmd()'", variant: { model: '=cmd()' } }
  expect(comparisonCsv([sly]).split('\r\n')[1].startsWith("'=cmd(),0.85,")).toBe(true)
})
