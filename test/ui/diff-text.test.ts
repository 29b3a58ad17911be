import { expect, test } from 'vitest'
import type { RunDiff, VerdictDiff } from '../../runner/history/compare-runs.ts'
import type { Flip } from '../../stages/evaluate/flips.ts'
import { diffMarkdown, diffText } from '../../ui/diff-text.ts'

const names = { a: '2a90', b: '7f3c' }
const flip = (group: Flip['group'], image: string, scores: [number, number], defect?: string): Flip => ({
  group,
  image,
  label: 'nok',
  ...(defect !== undefined && { defect }),
  before: { score: scores[0], decision: 'OK' },
  after: { score: scores[1], decision: 'NOK' },
})
const verdict: VerdictDiff = {
  stage: 'evaluate',
  metrics: [
    { metric: 'image_auroc', a: 0.898, b: 0.921, difference: 0.023, interval: [0.004, 0.041], images: null },
    { metric: 'pixel_auroc', a: 0.823, b: 0.791, difference: -0.032, interval: [-0.044, -0.021], images: null },
  ],
  resamples: 1000,
  images: { common: 303, onlyA: 0, onlyB: 0 },
  flips: [
    flip('now a miss', 'test/nok/zoom_4_101522.jpeg', [0.0331, 0.0274], 'scratch'),
    flip('now a miss', 'test/nok/zoom_4_101599.jpeg', [0.0301, 0.0294], 'scratch'),
    flip('now a false reject', 'test/ok/zoom_5_114218.jpeg', [0.0262, 0.0309]),
    flip('now right', 'test/ok/zoom_5_114219.jpeg', [0.0362, 0.0209]),
  ],
}
const diff: RunDiff = {
  settings: [{ path: 'sample.grid', old: 128, new: 170 }],
  firstDiffering: 'sample',
  verdicts: [verdict],
}

test('settings, metrics and flips stand below each other; a short list shows each group', () => {
  expect(diffText(diff, names, 2).join('\n')).toBe(
    `
Spec     sample.grid  128 -> 170   first differing stage: sample
Metrics  image AUROC   0.898 -> 0.921  +0.023 [+0.004, +0.041]  paired, 1,000 resamples
         pixel AUROC   0.823 -> 0.791  -0.032 [-0.044, -0.021]
Flipped  4 of 303 images: 1 now right, 3 now wrong (2 shown: --limit 4)
         now a miss          test/nok/zoom_4_101522.jpeg  0.0331 -> 0.0274  scratch
         now a false reject  test/ok/zoom_5_114218.jpeg   0.0262 -> 0.0309
`.trim(),
  )
})

test('other test images, a missing verdict and runs without a spec are said', () => {
  const other = { ...verdict, images: { common: 200, onlyA: 3, onlyB: 1005 }, flips: [] }
  expect(diffText({ ...diff, settings: [], firstDiffering: undefined, verdicts: [other] }, names, 10)).toEqual([
    'Spec     the same   every stage has the same key',
    'Images   200 in both, 3 only in 2a90, 1,005 only in 7f3c; compared on those in both, px metrics each on its own',
    'Metrics  image AUROC   0.898 -> 0.921  +0.023 [+0.004, +0.041]  paired, 1,000 resamples',
    '         pixel AUROC   0.823 -> 0.791  -0.032 [-0.044, -0.021]',
    'Flipped  0 of 200 images',
  ])
  const evicted: VerdictDiff = {
    ...verdict,
    missing: { side: 'a', why: 'evicted' },
    metrics: [{ metric: 'image_auroc', a: 0.898, b: 0.8976, difference: -0.0004, interval: null, images: null }],
    flips: [],
  }
  expect(diffText({ ...diff, settings: undefined, verdicts: [evicted] }, names, 10)).toEqual([
    'Spec     not known of both   first differing stage: sample',
    'Metrics  image AUROC   0.898 -> 0.898  +0.000',
    'Flipped  not known: the verdict of 2a90 is not in the cache any more; its settings and metrics are',
  ])
  expect(diffText({ ...diff, verdicts: [] }, names, 10).at(-1)).toBe(
    'Metrics  no verdict to compare: evaluate did not end in both',
  )
})

test('file names stay data, on a terminal and in Markdown', () => {
  const sly = flip('now a miss', 'test/\u001b[2J|`a`.png', [0.1, 0.2], '<b>')
  const only = { ...diff, verdicts: [{ ...verdict, flips: [sly] }] }
  expect(diffText(only, names, 10).at(-1)).toBe('         now a miss  test/\\x1b[2J|`a`.png  0.1000 -> 0.2000  <b>')
  expect(diffMarkdown(only, names).at(-2)).toBe(
    '| now a miss | test/\\\\x1b[2J\\|\\`a\\`.png | 0.1000 | 0.2000 | \\<b> |',
  )
})
