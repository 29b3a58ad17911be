import { cp, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Verdict } from '../../artifacts/verdict.ts'
import { contents, makeProject, type Project, writeParts } from '../rig/project.ts'

const PIPELINES = resolve(import.meta.dirname, '../../pipelines')
const TINY = ['--set', 'train.size=32', '--set', 'train.epochs=3', '--set', 'augment.copies=1']

let project: Project
beforeAll(async () => {
  project = await makeProject()
  await cp(PIPELINES, join(project.root, 'pipelines'), { recursive: true })
  for (const [set, zooms] of [
    ['a', [0, 1]],
    ['b', [3, 4, 5]],
  ] as const)
    await writeParts(project, `data/dataset-${set}`, { zooms: [...zooms], train: 4, testGood: 2, testDefective: 2 })
})
afterAll(() => project.dispose())

test('dfr-attention goes from images to verdicts and a checked bundle', { timeout: 180_000 }, async () => {
  const set = (...texts: string[]): string[] => texts.flatMap((text) => ['--set', text])
  const run = await project.run(
    'dfr-attention',
    ...set('stages.extract.uses=extract/mobilenet-v2', 'extract.size=64', 'params.grid=8', 'params.latent=16'),
    ...set('train.epochs=2', 'augment.copies=1', 'score.border.cells=1'),
  )
  expect(run.code, run.stdout.slice(-3000) + run.stderr).toBe(0)
  const { metrics, reducer } = await verdictOf('dfr-attention')
  expect(reducer).toBe('mean of the 20 largest cells inside a border of 1')
  expect(metrics.image_auroc.value).toBeGreaterThanOrEqual(0)
  expect(run.states).toMatchObject({ train: 'done', export: 'done' })
})

async function verdictOf(name: string): Promise<Verdict> {
  return JSON.parse(await readFile(join(project.root, 'outputs', name, 'verdict.json'), 'utf8')) as Verdict
}

describe.each([
  ['baseline-a', 'notebook', 8],
  ['baseline-b', 'notebook', 12],
  ['baseline-plain', 'plain', 12],
] as const)('%s', (name, decoder, tested) => {
  test('goes from images to verdicts, pictures and a checked bundle', { timeout: 180_000 }, async () => {
    const run = await project.run(name, ...TINY)
    expect(run.code, run.stdout.slice(-3000) + run.stderr).toBe(0)
    const { items, reducer, metrics, other } = await verdictOf(name)
    expect(items.filter(({ split }) => split === 'test')).toHaveLength(tested)
    expect(reducer).toBe('mean of the 1500 largest px')
    expect(metrics.pixel_auroc.value).toBeGreaterThan(0)
    expect(other!.note).toContain('at most 50 images, drawn by the seed, at 512 x 512 px')
    const files = await contents(join(project.root, 'outputs', name))
    expect([...files.keys()].filter((file) => file.startsWith('heatmaps/'))).toHaveLength(tested)
    const manifest = JSON.parse(Buffer.from(files.get('bundle/manifest.json')!, 'base64').toString()) as object
    expect(manifest).toMatchObject({ backbone: null, model: { method: 'autoencoder', decoder }, map: { cell: 1 } })
  })
})

test('under the protocol of the thesis pixels are judged by absolute differences, images as before', async () => {
  const run = await project.run('baseline-plain', ...TINY, '--set', 'protocol=thesis', '--set', 'split.held_out=0.2')
  expect(run.code, run.stdout.slice(-3000) + run.stderr).toBe(0)
  const { reducer, other, metrics } = await verdictOf('baseline-plain')
  expect(reducer).toBe('mean of the 1500 largest px')
  expect(other!.note).toMatch(/^score: mean of the 1500 largest px; /)
  expect(other!.metrics.image_auroc!.value).toBe(metrics.image_auroc.value)
}, 180_000)
