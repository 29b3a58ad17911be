import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let project: Project
let first: string
let second: string
let sweep: string

const SWEEP = smallSpec({ outputs: true })
  .replace('name: small', 'name: sweep\nmatrix: { axes: { top_k: [1, 4] } }')
  .replace('top_k: 4', 'top_k: "${matrix.top_k}"')
  .replace('outputs: outputs', 'outputs: kept')

beforeAll(async () => {
  project = await makeProject()
  await writeParts(project, 'data')
  await project.write('pipelines/small.yaml', smallSpec({ outputs: false }))
  await project.write('pipelines/sweep.yaml', SWEEP)
  first = (await project.run('small')).events[0].run
  second = (await project.run('small', '--set', 'score.top_k=1')).events[0].run
  sweep = (await project.run('sweep')).events[0].run
}, 120_000)
afterAll(() => project.dispose())

/** Output with what changes from machine to machine taken out. */
async function shown(...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await project.pipeline(...args)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return stdout
    .replaceAll(first, 'RUN1')
    .replaceAll(second, 'RUN2')
    .replaceAll(sweep, 'RUN3')
    .replace(/\b[0-9a-f]{8}\b/g, 'KEY')
    .replace(/-?\+?\d\.\d{3,4}/g, 'N')
    .replace(/\d+\.\d+s/g, 'T')
}

test('ls lists all runs, those of a spec, those that fit', async () => {
  expect((await shown('ls')).replace(/ {2,}/g, '  ')).toMatch(
    /^RUN {2}SPEC {2}STARTED {2}RESULT {2}STAGES {2}TIME {2}IMAGE AUROC {2}GATE\nRUN3 {2}sweep {2}[^\n]*\nRUN2 {2}small \+1 {2}today \d\d:\d\d {2}passed {2}8 ok {2}T {2}N \[N, N\] {2}none set\nRUN1 {2}small {2}today/,
  )
  const runs = async (...args: string[]): Promise<string[]> =>
    (JSON.parse((await project.pipeline('ls', '--json', ...args)).stdout) as { runs: { run: string }[] }).runs.map(
      ({ run }) => run,
    )
  expect(await runs('--spec', 'small')).toEqual([second, first])
  expect(await runs('--last', '1')).toEqual([sweep])
  expect(await runs('--where', 'image_auroc>1')).toEqual([])
  expect(await runs('--where', 'result=passed', '--where', 'image_auroc>=0', '--spec', 'pipelines/sweep.yaml')).toEqual(
    [sweep],
  )
})

describe('show', () => {
  test('tells what ran, what it found and where each stage came from', async () => {
    expect(await shown('show', second)).toMatch(
      /^Run RUN2 {2}passed \(exit 0\) {2}small {2}seed 3 {2}onnx-cpu {2}flawline [\d.]+ {2}node [\d.]+\nSet score\.top_k=1\nImage AUROC N \[N, N\] {2}pixel AUROC N {2}PRO N {2}limits N\nextract KEY fresh {2}sample KEY fresh {2}pca KEY fresh {2}train KEY fresh {2}score KEY done {2}evaluate KEY done\n/,
    )
  })

  test('puts the variants of a sweep side by side, as text, CSV, Markdown and in the outputs folder', async () => {
    const text = await shown('show')
    expect(text).toContain(' score 2: 2 cached ')
    expect(text).toContain('\nVARIANT  IMAGE AUROC')
    expect(text).toMatch(/\ntop_k=[14] {2}N \[N, N\] \*/)
    const [csv, kept] = [
      (await project.pipeline('show', '--csv')).stdout,
      await readFile(join(project.root, 'kept/comparison.csv'), 'utf8'),
    ]
    expect(csv.split('\r\n')[0]).toBe(`${kept.split('\r\n')[0]},cost_ms`)
    expect(kept.split('\r\n').map((line) => line.split(',')[0])).toEqual(['top_k', '1', '4', ''])
    expect((await shown('show', '--md')).split('\n')[0]).toBe(
      '| top_k | image_auroc | pixel_auroc | pixel_aupro | gate | time |',
    )
    expect(await shown('show', `${sweep}@top_k=1`)).toMatch(/\nextract KEY \w+ .* score KEY \w+/)
  })

  test("prints a fresh stage's key manifest, and the frozen spec", async () => {
    const manifest = JSON.parse((await project.pipeline('show', second, '--key', 'train')).stdout) as object
    expect(manifest).toMatchObject({ kind: 'train/pca', version: 1, keyVersion: 1 })
    expect(await shown('show', second, '--resolved')).toContain('\n      top_k: 1\n')
  })
})

test('diff names the setting, the first differing stage, the metrics and the flipped images', async () => {
  const lines = (await shown('diff', first, second)).split('\n')
  expect(lines[0]).toBe('Spec     score.top_k  4 -> 1   first differing stage: score')
  expect(lines[1].replace(/\+?N/g, 'N')).toBe('Metrics  image AUROC   N -> N  N [N, N]  paired, 50 resamples')
  expect(lines.some((line) => /^Flipped {2}\d of 6 images/.test(line))).toBe(true)
  expect((await shown('diff', second, second)).split('\n')[0]).toBe('Spec     the same   every stage has the same key')
  expect((await shown('diff', 'last@top_k=4', first)).split('\n')[0]).toMatch(/ {3}every stage has the same key$/)
  const flipped = JSON.parse((await project.pipeline('diff', first, second, '--json')).stdout) as {
    verdicts: { flips: unknown[] }[]
  }
  const { code } = await project.pipeline('diff', first, second, '--exit-code')
  expect(code).toBe(flipped.verdicts[0].flips.length > 0 ? 1 : 0)
})

test('logs of a reused stage are those of the run that computed it', async () => {
  const made = await shown('logs', 'extract', '--run', first)
  expect(made).toMatch(/^\d\d:\d\d:\d\d mobilenet-v2 opened in /)
  expect(await shown('logs', 'extract', '--run', second)).toBe(made)
  expect((await shown('logs', 'extract', '--tail', '1')).split('\n')).toHaveLength(2)
  expect(await shown('logs', 'train', '--run', first)).toBe('') // it has nothing to say
})

test('what cannot be shown is said in one line', async () => {
  const said = async (...args: string[]): Promise<string> => {
    const { stderr, code } = await project.pipeline(...args)
    return `${code} ${stderr.split('\n')[0]}`
  }
  expect(await said('show', 'beef')).toBe('2 error E006 no run beef')
  expect(await said('show', `${sweep}@top_k=9`)).toMatch(/^2 error E003 /)
  expect(await said('logs', 'score')).toBe('2 error E008 score fits 2 stages')
  expect(await said('logs', 'acquire')).toMatch(/^2 error E003 acquire is a list stage/)
  expect(await said('diff', first)).toBe('2 error E001 which two runs?')
  expect(await said('show', first, '--key', 'split')).toMatch(/^2 error E003 split is a list stage/)
})

test('a verdict that was evicted takes the flips with it; settings and metrics stay', async () => {
  await rm(join(project.root, '.pipeline/cache'), { recursive: true })
  const text = await shown('diff', first, second)
  expect(text).toContain('Spec     score.top_k  4 -> 1   first differing stage: score\nMetrics  image AUROC   N -> N')
  expect(text).toContain('Flipped  not known: the verdict of RUN1 is not in the cache any more')
})
