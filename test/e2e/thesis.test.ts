import { join, resolve } from 'node:path'
import { cp } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestBytes } from '../../base/digest.ts'
import { closedFormulaCheckpoint } from '../../bench/closed-formula-checkpoint.ts'
import { contents, makeProject, type Project, writeParts } from '../rig/project.ts'

const PIPELINES = resolve(import.meta.dirname, '../../pipelines')
const MAX_RSS_BYTES = 3e9

let project: Project

beforeAll(async () => {
  project = await makeProject()
  await cp(PIPELINES, join(project.root, 'pipelines'), { recursive: true })
  await writeParts(project, 'data/dataset-b', { size: 1024, zooms: [3, 4, 5], train: 4, testGood: 2, testDefective: 2 })
})
afterAll(() => project.dispose())

test('dataset-b-170 says at plan time which weights it lacks, and runs once they are added', {
  timeout: 900_000,
}, async () => {
  const missing = await project.pipeline('plan', 'dataset-b-170.yaml')
  expect(missing.code).toBe(4)
  expect(missing.stdout).toMatch(/extract +1 +blocked/)
  expect(missing.stderr).toContain('error E301 weights efficientnet-b6 are missing')
  expect(missing.stderr).toContain('efficientnet_b6_lukemelas-24a108a5.pth')

  const checkpoint = closedFormulaCheckpoint('efficientnet-b6')
  await project.write('b6.pth', checkpoint)
  const unknown = await project.pipeline('weights', 'add', 'b6.pth')
  expect(unknown.code).toBe(4)
  expect(unknown.stderr).toContain('error E302 b6.pth is in no catalogue')
  const added = await project.pipeline(
    'weights',
    'add',
    'b6.pth',
    '--name',
    'closed-formula',
    '--sha256',
    digestBytes(checkpoint),
  )
  expect(added.code, added.stderr).toBe(0)
  expect(added.stdout).toMatch(/^closed-formula {2}[0-9a-f]{8} {2}173 MB {2}verified$/m)

  const run = await project.run('dataset-b-170.yaml', '--set', 'train.epochs=2')
  expect(run.code, run.stdout.slice(-4000) + run.stderr).toBe(0)
  expect(run.states).toMatchObject({ extract: expect.stringMatching(/^done/) as string, train: 'done', export: 'done' })
  const peak = Math.max(...run.events.map((event) => (event.type === 'stage.end' ? event.rssBytes : 0)))
  expect(peak).toBeLessThan(MAX_RSS_BYTES)
  const names = [...(await contents(join(project.root, 'outputs/dataset-b-170'))).keys()]
  expect(names).toContain('index.html')
  expect(names).toContain('bundle/model.onnx')
})
