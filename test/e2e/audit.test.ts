import { cp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cache } from '../../cache/cache.ts'
import { execute, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let original: Project
const projects: Project[] = []

beforeAll(async () => {
  original = await makeProject()
  await writeParts(original, 'data')
  await original.write('pipelines/small.yaml', smallSpec())
  const first = await original.run('small')
  expect(first.code, first.stdout + first.stderr).toBe(0)
})
afterAll(() => Promise.all([original, ...projects].map((project) => project.dispose())))

async function copied(): Promise<Project> {
  const project = await makeProject()
  projects.push(project)
  await cp(original.root, project.root, { recursive: true })
  return project
}

/** Lets two stored pictures change places, as if they had been made otherwise. */
async function swapPictures(project: Project): Promise<void> {
  const cache = new Cache(join(project.root, '.pipeline/cache'))
  const uses = [...cache.index.uses.getRange()].find(({ value }) => value.kind === 'report/pictures')!
  const names = Buffer.from(cache.index.members.getBinary(uses.key)!).toString('hex')
  const [one, other] = [...cache.index.items.getRange()].filter(({ key }) => names.includes(key.slice(0, 16)))
  await cache.commit(() => {
    void cache.index.items.put(one.key, other.value)
    void cache.index.items.put(other.key, one.value)
    for (const name of [...cache.index.itemTables.getKeys()]) void cache.index.itemTables.remove(name)
  })
  await cache.close()
}

describe('run --audit', () => {
  test('finds the same bytes, and says how much it looked at', async () => {
    const project = await copied()
    const { code, stderr } = await project.pipeline('run', 'small', '--audit')
    expect(stderr).toContain('audited 3 items and 1 stage: same bytes\n')
    expect(code).toBe(0)
  })

  test('tells of other bytes, ends with 1, and what is stored stays; so does computing it again', async () => {
    const project = await copied()
    await swapPictures(project)
    const audited = await project.run('small', '--audit', '100%')
    const told = audited.events.flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic] : []))
    expect(told.filter(({ code }) => code === 'W503').map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^outputs gives other bytes than those stored, which stay, for 2 items of 6: test\/.*, test\/.*$/,
      ),
    ])
    expect(audited.events.find(({ type }) => type === 'audit')).toMatchObject({ items: 26, stages: 4, differing: 1 })
    expect(audited.code).toBe(1)
    const forced = await project.pipeline('run', 'small', '--force=outputs')
    expect(forced.stderr).toMatch(
      /W503 outputs gave other bytes than before under the same key for 2 items \(test\/.*\)/,
    )
    expect((await project.run('small', '--audit=100%')).code).toBe(1)
  })
})

describe('a project that lies elsewhere now', () => {
  const FRESH = ['fresh']
  const statesOf = (states: Readonly<Record<string, string>>): string[] => [...new Set(Object.values(states))]

  test('keeps its hits after a copy and after a move', async () => {
    const copy = await copied()
    expect(statesOf((await copy.run('small')).states)).toEqual(FRESH)
    const moved = await makeProject()
    projects.push(moved)
    await rename(copy.root, join(moved.root, 'inside'))
    const { states } = await moved.run('small', '-C', 'inside')
    expect(statesOf(states)).toEqual(FRESH)
  })

  test('keeps its hits with its cache at another path', async () => {
    const project = await copied()
    await rename(join(project.root, '.pipeline/cache'), join(project.root, 'store'))
    const { code, stderr } = await execute(project.root, ['run', 'small'], { PIPELINE_CACHE_DIR: 'store' })
    expect(stderr).toMatch(/^Up to date: 9 stages fresh/m)
    expect(code).toBe(0)
  })
})
