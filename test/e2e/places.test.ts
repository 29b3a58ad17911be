import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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

describe('a part of the cache that cannot be used', () => {
  const cache = (...names: string[]): string => join(project.root, '.pipeline/cache', ...names)
  const said = async (command: string): Promise<string> => {
    const { code, stderr } = await project.pipeline(command, 'small')
    return `${code} ${stderr.split('\n').find((line) => line.includes('error')) ?? ''}`
  }
  beforeAll(() => mkdirSync(cache(), { recursive: true }))
  afterEach(() => rmSync(cache(), { recursive: true, force: true }))

  test('is told by its path, and is no bug', async () => {
    writeFileSync(cache('locks'), '')
    expect(await said('run')).toMatch(/^4 error E403 cannot use .*locks: EEXIST$/)
  })

  test.skipIf(process.getuid?.() === 0)('as when it belongs to someone else', async () => {
    writeFileSync(cache('index.lmdb'), '')
    chmodSync(cache('index.lmdb'), 0o400)
    expect(await said('run')).toMatch(/^4 error E403 cannot use .*index\.lmdb: (Permission denied|EACCES)$/)
  })
})
