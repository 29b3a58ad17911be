import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Verdict } from '../../artifacts/verdict.ts'
import { testWeightsPath } from '../fixtures/test-weights.ts'
import { makeProject, type Project } from '../rig/project.ts'

const SAMPLES = resolve(import.meta.dirname, '../../../shared/data/piped')
const PIPELINES = resolve(import.meta.dirname, '../../pipelines')
const RUN_BUNDLE = resolve(import.meta.dirname, '../stages/run-bundle.mjs')
const LITE0 = testWeightsPath('efficientnet-lite0-57934424.pth')

/** Image and pixel AUROC on PIPED (Bianconi et al. 2014), made with PyTorch and scikit-learn: PCA at 90 % of the variance, channels standardised. */
const REFERENCE = [
  { paper: 'PA_BRG02_RL', objectron: [1.0, 0.986], lite0: [1.0, 0.992] },
  { paper: 'PA_BTN01_RL', objectron: [0.896, 0.954], lite0: [0.994, 0.985] },
  { paper: 'PA_FVN01_TL', objectron: [0.965, 0.938], lite0: [0.996, 0.968] },
  { paper: 'PA_ZPB01_RL', objectron: [1.0, 0.994], lite0: [1.0, 0.996] },
] as const
const TOLERANCE = 0.01
const DFR_BELOW = 0.02

let project: Project
beforeAll(async () => {
  project = await makeProject()
  await cp(PIPELINES, join(project.root, 'pipelines'), { recursive: true })
  if (LITE0 !== undefined) await project.pipeline('weights', 'add', LITE0)
})
afterAll(() => project.dispose())

/** Runs folder.yaml as the reference was made, to the verdict. */
async function metrics(paper: string, ...sets: string[]): Promise<Verdict['metrics']> {
  const changes = [`params.data=${join(SAMPLES, paper)}`, 'split.held_out=0', ...sets]
  const run = await project.run('folder', '--until', 'outputs', ...changes.flatMap((change) => ['--set', change]))
  expect(run.code, run.stdout.slice(-3000) + run.stderr).toBe(0)
  return (JSON.parse(readFileSync(join(project.root, 'outputs/folder/verdict.json'), 'utf8')) as Verdict).metrics
}

describe.skipIf(!existsSync(SAMPLES))('on real images (skipped where ../shared/data/piped is missing)', () => {
  test.each(REFERENCE)(
    '$paper reaches the reference with the embedded backbone',
    async ({ paper, objectron: [image, pixel] }) => {
      const { image_auroc, pixel_auroc } = await metrics(paper)
      expect(Math.abs(image_auroc.value! - image)).toBeLessThanOrEqual(TOLERANCE)
      expect(Math.abs(pixel_auroc.value! - pixel)).toBeLessThanOrEqual(TOLERANCE)
    },
  )

  test.skipIf(LITE0 === undefined).each(REFERENCE)(
    '$paper reaches the reference with EfficientNet-Lite0',
    async ({ paper, lite0: [image, pixel] }) => {
      const { image_auroc, pixel_auroc } = await metrics(paper, 'stages.extract.uses=extract/efficientnet-lite0')
      expect(Math.abs(image_auroc.value! - image)).toBeLessThanOrEqual(TOLERANCE)
      expect(Math.abs(pixel_auroc.value! - pixel)).toBeLessThanOrEqual(TOLERANCE)
    },
  )

  test.each(REFERENCE)(
    '$paper falls no more than 0.02 behind with the trained autoencoder',
    async ({ paper, objectron: [image, pixel] }) => {
      const { image_auroc, pixel_auroc } = await metrics(
        paper,
        'stages.train.uses=train/dfr',
        'stages.train.needs=[sample, pca]',
      )
      expect(image_auroc.value).toBeGreaterThanOrEqual(image - DFR_BELOW)
      expect(pixel_auroc.value).toBeGreaterThanOrEqual(pixel - DFR_BELOW)
    },
  )

  test('the bundle gives the scores and decisions of the pipeline to a script that knows only the manifest', async () => {
    const data = join(SAMPLES, 'PA_BTN01_RL')
    const run = await project.run('folder', '--set', `params.data=${data}`)
    expect(run.code, run.stdout.slice(-3000) + run.stderr).toBe(0)
    const { items } = JSON.parse(readFileSync(join(project.root, 'outputs/folder/verdict.json'), 'utf8')) as Verdict
    const judged = items.filter(({ split }) => split === 'test')
    const files = judged.map(({ id }) => join(data, id))
    const lines = execFileSync(process.execPath, [RUN_BUNDLE, join(project.root, 'outputs/folder/bundle'), ...files], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
    const scores = judged.map(({ score }) => score)
    const range = Math.max(...scores) - Math.min(...scores)
    for (const [i, line] of lines.entries()) {
      const [score, decision] = line.split(' ').slice(-2)
      expect(Math.abs(Number(score) - judged[i].score) / range).toBeLessThan(1e-4)
      expect(decision).toBe(judged[i].decision)
    }
    expect(lines).toHaveLength(64)
  })
})
