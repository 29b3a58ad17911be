import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cacheBytes } from '../../cache/size.ts'
import { execute, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let original: Project
const copies: Project[] = []
let run: string

beforeAll(async () => {
  original = await makeProject()
  await writeParts(original, 'data')
  await original.write('pipelines/small.yaml', smallSpec())
  const first = await original.run('small')
  expect(first.code, first.stdout + first.stderr).toBe(0)
  run = first.events[0].run
})
afterAll(() => Promise.all([original, ...copies].map((project) => project.dispose())))

/** The project after its first run; a copy keeps its hits. */
async function copied(): Promise<Project> {
  const project = await makeProject()
  copies.push(project)
  await cp(original.root, project.root, { recursive: true, preserveTimestamps: true })
  return project
}

interface Group {
  readonly name: string
  readonly entries: number
}
const groupsOf = (stdout: string): Record<string, number> =>
  Object.fromEntries((JSON.parse(stdout) as { groups: Group[] }).groups.map(({ name, entries }) => [name, entries]))

describe('cache ls', () => {
  test('counts the entries of each family, spec and run', async () => {
    const families = await original.pipeline('cache', 'ls', '--json')
    expect(groupsOf(families.stdout)).toEqual({
      evaluate: 1,
      extract: 12,
      pca: 1,
      report: 6,
      sample: 1,
      score: 8,
      train: 1,
    })
    expect(groupsOf((await original.pipeline('cache', 'ls', '--by', 'spec', '--json')).stdout)).toEqual({ small: 30 })
    expect(groupsOf((await original.pipeline('cache', 'ls', '--by', 'run', '--json')).stdout)).toEqual({ [run]: 30 })
    expect((await original.pipeline('cache', 'ls', '--by', 'kind')).stdout).toMatch(
      /^extract\/mobilenet-v2 +12 +\d+ kB +today \d\d:\d\d +[\d.]+s$/m,
    )
  })
})

describe('cache verify', () => {
  test('says how much is good', async () => {
    const { code, stdout } = await original.pipeline('cache', 'verify')
    expect(stdout).toMatch(/^30 of 30 entries, [\d.]+ [kM]B, [\d.]+s: 30 good, 0 damaged\n$/)
    expect(code).toBe(0)
    expect((await original.pipeline('cache', 'verify', '--sample', '10%')).stdout).toMatch(/^3 of 30 entries/)
  })

  test('sets damaged bytes aside, names their keys, and the next run computes them again', async () => {
    const project = await copied()
    const blobs = join(project.root, '.pipeline/cache/blobs')
    for (const entry of readdirSync(blobs, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile()) writeFileSync(path, Buffer.from(readFileSync(path)).fill(7, 40, 60))
    }
    const { code, stdout } = await project.pipeline('cache', 'verify')
    expect(stdout).toMatch(/^30 of 30 entries, .*: 2\d good, [1-9] damaged\n([0-9a-f]{64}\n)+$/)
    expect(code).toBe(4)
    expect(readdirSync(join(project.root, '.pipeline/cache/quarantine')).length).toBeGreaterThan(0)
    expect((await project.run('small')).code).toBe(0)
    expect((await project.pipeline('cache', 'verify')).stdout).toMatch(/: 30 good, 0 damaged\n$/)
  })
})

describe('cache gc', () => {
  test('says what would become slower, evicts, and why says so', async () => {
    const project = await copied()
    expect((await project.pipeline('cache', 'gc', '--dry')).stdout).toBe(
      'would evict 0 entries, 0 B; no spec gets slower\n',
    )
    const dry = await project.pipeline('cache', 'gc', '--dry', '--max-size', '0')
    expect(dry.stdout).toMatch(/^would evict 30 entries, [\d.]+ [kM]B; small gets slower by [\d.]+s\n$/)
    expect((await project.pipeline('cache', 'ls', '--by', 'spec', '--json')).stdout).toContain('"entries":30')
    expect((await project.pipeline('cache', 'gc', '--max-size', '0')).stdout).toBe(
      dry.stdout.replace('would evict', 'evicted'),
    )
    expect((await project.pipeline('cache', 'ls')).stdout).toBe('')
    const { stdout } = await project.pipeline('plan', 'small', '--json')
    const { stages } = JSON.parse(stdout) as { stages: { stage: string; plan: string; reasons: { type: string }[] }[] }
    expect(stages.find(({ stage }) => stage === 'extract')).toMatchObject({
      plan: 'run',
      reasons: [{ type: 'cache-evicted' }],
    })
  })

  test('keeps a pinned run, and what is left does not reach the limit', async () => {
    const project = await copied()
    expect((await project.pipeline('cache', 'pin', 'last')).stdout).toMatch(
      new RegExp(`^${run}  7 stages, [\\d.]+ [kM]B\\n$`),
    )
    const { stdout, stderr, code } = await project.pipeline('cache', 'gc', '--max-size', '0')
    expect(stdout).toBe('evicted 0 entries, 0 B; no spec gets slower; 1 pinned run kept\n')
    expect(stderr).toContain('warning W504 the limit of 0 B is not reached')
    expect(code).toBe(0)
    await project.pipeline('cache', 'pin', run, '--remove')
    expect((await project.pipeline('cache', 'pin', '--list')).stdout).toBe('')
  })
})

describe('a run', () => {
  test('that would pass the bound evicts first and says so; one that never fits is refused', async () => {
    const project = await copied()
    const bound = String(cacheBytes(join(project.root, '.pipeline/cache')))
    const more = ['run', 'small', '--set', 'extract.size=96', '--until', 'extract']
    const bounded = await execute(project.root, more, { PIPELINE_CACHE_MAX: bound })
    expect(bounded.stderr).toMatch(/^evicted \d+ entr(y|ies), [\d.]+ [kM]B to make room; [\d.]+s to compute again$/m)
    expect(bounded.code, bounded.stderr).toBe(0)
    const refused = await execute(project.root, [...more, '--force'], { PIPELINE_CACHE_MAX: '1k' })
    expect(refused.stderr).toMatch(/E505 this run adds about [\d.]+ [kM]B to the cache, which may hold 1.0 kB/)
    expect(refused.code).toBe(5)
  })
})
