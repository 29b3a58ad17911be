import { describe, expect, test } from 'vitest'
import { formatMoment } from '../../base/moment.ts'
import type { RunSummary } from '../../runner/history/summarize.ts'
import { runsCsv, runsMarkdown, runsTable } from '../../ui/runs-table.ts'

/** Local time, as the table shows it. */
const NOW = new Date(2026, 10, 23, 18, 0)
const at = (...local: [number, number, number, number, number]): string => new Date(...local).toISOString()

const runs: RunSummary[] = [
  {
    run: '7f3c',
    spec: 'dataset-b-170',
    overrides: [],
    started: at(2026, 10, 23, 14, 2),
    result: 'failed',
    exit: 1,
    ok: 29,
    failed: 1,
    wallMs: 5_462_000,
    variants: 6,
    metrics: { image_auroc: { value: 0.921, interval: [0.893, 0.946] } },
    gate: { met: 4, of: 5 },
  },
  {
    run: '2a90',
    spec: 'dataset-b-170',
    overrides: ['params.grid=128', '~evaluate.fail_under'],
    started: at(2026, 10, 21, 9, 40),
    result: 'passed',
    exit: 0,
    ok: 33,
    failed: 0,
    wallMs: 5_580_000,
    variants: 6,
    metrics: { image_auroc: { value: 0.898, interval: [0.866, 0.927] } },
    gate: { met: 0, of: 0 },
  },
  {
    run: 'beef',
    spec: '=cmd\u001b',
    overrides: [],
    started: at(2025, 11, 31, 23, 59),
    result: 'killed',
    exit: null,
    ok: 0,
    failed: 0,
    wallMs: 1500,
    variants: 1,
    gate: null,
  },
]

test('runs stand a line each', () => {
  expect(runsTable(runs, NOW).join('\n')).toBe(
    `
RUN   SPEC              STARTED            RESULT  STAGES           TIME    IMAGE AUROC           GATE
7f3c  dataset-b-170     today 14:02        failed  29 ok, 1 failed  1h 31m  0.921 [0.893, 0.946]  met by 4 of 5
2a90  dataset-b-170 +2  21 Nov 09:40       passed  33 ok            1h 33m  0.898 [0.866, 0.927]  none set
beef  =cmd\\x1b          31 Dec 2025 23:59  killed                   1.5s
`.trim(),
  )
})

test('as Markdown and as CSV, where no text can become a formula', () => {
  expect(runsMarkdown(runs.slice(0, 1), NOW)).toEqual([
    '| run | spec | started | result | stages | time | image auroc | gate |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    '| 7f3c | dataset-b-170 | today 14:02 | failed | 29 ok, 1 failed | 1h 31m | 0.921 [0.893, 0.946] | met by 4 of 5 |',
  ])
  const [heading, , , sly] = runsCsv(runs).split('\r\n')
  expect(heading.split(',').slice(0, 11)).toEqual([
    'run',
    'spec',
    'overrides',
    'started',
    'result',
    'exit',
    'ok',
    'failed',
    'wall_ms',
    'variants',
    'image_auroc',
  ])
  expect(sly.startsWith("beef,'=cmd")).toBe(true)
})

describe('a moment', () => {
  test.each([
    [new Date(2026, 10, 23, 0, 5), 'today 00:05'],
    [new Date(2026, 10, 22, 23, 59), '22 Nov 23:59'],
    [new Date(2026, 0, 2, 3, 4), '02 Jan 03:04'],
    [new Date(2025, 10, 23, 18, 0), '23 Nov 2025 18:00'],
  ])('%s is %s', (moment, text) => {
    expect(formatMoment(moment, NOW)).toBe(text)
  })
})
