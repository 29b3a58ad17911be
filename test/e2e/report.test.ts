import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProject, type Project } from '../rig/project.ts'

const SPEC = `version: 1
name: parts
seed: 11
outputs: outputs/parts
stages:
  acquire:  { uses: acquire/synthetic, with: { train: 8, test_good: 2, test_defective: 2, poses: 1, size: 64 } }
  split:    { uses: split/by-part, needs: [acquire], with: { held_out: 0.25 } }
  extract:  { uses: extract/mobilenet-v2, needs: [split], with: { size: 64 } }
  sample:   { uses: sample/cells, needs: [extract], with: { grid: 8, per_image: 20 } }
  pca:      { uses: pca/streaming, needs: [sample] }
  train:    { uses: train/pca, needs: [pca] }
  score:    { uses: score/top-k, needs: [extract, train], with: { top_k: 3 } }
  evaluate: { uses: evaluate/standard, needs: [score], with: { resamples: 50 } }
`

describe('the report of a run', () => {
  let project: Project
  let first: string
  const read = (path: string): Promise<string> => readFile(join(project.root, path), 'utf8')
  beforeAll(async () => {
    project = await makeProject()
    await project.write('pipelines/parts.yaml', SPEC)
    const { stderr } = await project.pipeline('run', 'parts', '--ui', 'plain')
    first = /\.pipeline\/runs\/[0-9a-f]+\/report\.html/.exec(stderr)![0]
  })
  afterAll(() => project.dispose())

  test('lies where the summary says, with a picture of each test image', async () => {
    const html = await read(first)
    expect(html.split('class="card"').length - 1).toBe(4)
    expect(html).toContain('pipeline run parts --ui plain')
  })

  test('is the same when it is written again, also by way of a run that had nothing to do', async () => {
    const before = await read(first)
    expect((await project.pipeline('run', 'parts')).code).toBe(0)
    const again = await project.pipeline('report')
    expect(again.stdout).toBe(`${first}\n`)
    expect(await read(first)).toBe(before)
  })

  test('goes where it is asked for, with as many images as that', async () => {
    const { stdout } = await project.pipeline('report', '--out', 'mine.html', '--images', '1')
    expect(stdout).toBe('mine.html\n')
    expect((await read('mine.html')).split('class="card"').length - 1).toBe(1)
  })

  test('names what is in the cache no more instead of failing', async () => {
    await project.pipeline('cache', 'gc', '--max-size', '0')
    const { code, stderr } = await project.pipeline('report')
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      expect.stringMatching(/^error E006 the verdict of run [0-9a-f]+ is not in the cache any more$/),
    ])
  })

  test('needs a verdict', async () => {
    await project.pipeline('run', 'parts', '--until', 'split')
    const { code, stderr } = await project.pipeline('report')
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      expect.stringMatching(/^error E006 run [0-9a-f]+ reached no verdict$/),
    ])
  })
})
