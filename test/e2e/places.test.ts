import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { execute, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let project: Project
beforeAll(async () => {
  project = await makeProject()
  await writeParts(project, 'data')
  await project.write('pipelines/small.yaml', smallSpec())
})
afterAll(() => project.dispose())

describe('a folder that cannot be made', () => {
  test('for the state ends a run at once', async () => {
    const { code, stderr } = await execute(project.root, ['run', 'small'], { PIPELINE_STATE_DIR: '/proc/x' })
    expect(stderr).toContain('error E403 cannot write to /proc/x/runs: ENOENT')
    expect(code).toBe(4)
  })

  test('for the cache ends a run at once, and doctor says so', async () => {
    const env = { PIPELINE_CACHE_DIR: '/proc/x' }
    const { code, stderr } = await execute(project.root, ['run', 'small'], env)
    expect(stderr).toContain('error E403 cannot write to the cache folder /proc/x: ENOENT')
    expect(code).toBe(4)
    const doctor = await execute(project.root, ['doctor'], env)
    expect(doctor.stdout).toMatch(/✗ failed {2}cache {5}E403 cannot write to .*proc\/x/)
    expect(doctor.code).toBe(4)
  })
})
