import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { contents, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let original: Project
let project: Project
let undisturbed: Map<string, string>

beforeAll(async () => {
  original = await makeProject()
  await writeParts(original, 'data')
  await original.write('pipelines/small.yaml', smallSpec())
  const first = await original.run('small')
  expect(first.code, first.stdout + first.stderr).toBe(0)
  undisturbed = await contents(join(original.root, 'outputs'))
})
afterAll(() => original.dispose())
beforeEach(async () => {
  project = await makeProject()
  await cp(original.root, project.root, { recursive: true, preserveTimestamps: true })
})
afterEach(() => project.dispose())

/** Forces what reads the damaged entry to run, so that it is read at all. */
const again = (...forced: string[]): ReturnType<Project['run']> =>
  project.run('small', ...forced.map((stage) => `--force=${stage}`))

describe('a damaged cache entry', () => {
  test('of a feature tensor is told once and computed again', async () => {
    await damageTensors(join(project.root, '.pipeline/cache/tensors/0001.lmdb'))
    const run = await again('sample')
    expect(run.code, run.stdout).toBe(0)
    expect(run.events.filter(({ type }) => type === 'cache.corrupt').length).toBeGreaterThan(0)
    expect(await contents(join(project.root, 'outputs'))).toEqual(undisturbed)
  })

  test('of a whole artifact is computed again', async () => {
    for (const blob of blobs()) writeFileSync(blob, Buffer.from(readFileSync(blob)).fill(7, 40, 60))
    const run = await again('train', 'score')
    expect(run.code, run.stdout).toBe(0)
    expect(await contents(join(project.root, 'outputs'))).toEqual(undisturbed)
  })

  test('that was cut short is computed again', async () => {
    for (const blob of blobs()) writeFileSync(blob, readFileSync(blob).subarray(0, 100))
    expect((await again('train', 'score')).code).toBe(0)
    expect(await contents(join(project.root, 'outputs'))).toEqual(undisturbed)
  })

  test('file of tensors, cut short, is set aside', async () => {
    const segment = join(project.root, '.pipeline/cache/tensors/0001.lmdb')
    writeFileSync(segment, readFileSync(segment).subarray(0, 3 * 4096))
    expect((await project.run('small')).code).toBe(0)
    expect(await contents(join(project.root, 'outputs'))).toEqual(undisturbed)
  })

  test('that is gone is a miss', async () => {
    await rm(join(project.root, '.pipeline/cache/blobs'), { recursive: true })
    await rm(join(project.root, '.pipeline/cache/tensors'), { recursive: true })
    const run = await project.run('small')
    expect(run.code, run.stdout).toBe(0)
    expect(run.states.extract).toBe('done 12')
    expect(await contents(join(project.root, 'outputs'))).toEqual(undisturbed)
  })

  test.each([
    ['overwritten', () => Buffer.alloc(65536, 0x5a)],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 3 * 4096)],
    ['cut to a few bytes', (bytes: Buffer) => bytes.subarray(0, 10)],
  ])('of the index, %s, sets it aside and computes everything', async (_, damage) => {
    const index = join(project.root, '.pipeline/cache/index.lmdb')
    writeFileSync(index, damage(readFileSync(index)))
    const run = await project.run('small')
    expect(run.code, run.stdout + run.stderr).toBe(0)
    expect(run.events.some((event) => event.type === 'diagnostic' && event.diagnostic.code === 'W502')).toBe(true)
    expect(await contents(join(project.root, 'outputs'))).toEqual(undisturbed)
  })
})

describe('pages damaged inside a file', () => {
  test.each([
    ['of tensors, all in one value', 'tensors/0001.lmdb', 0x5a],
    ['of tensors, emptied', 'tensors/0001.lmdb', 0],
    ['of the index, all in one value', 'index.lmdb', 0x5a],
    ['of the index, emptied', 'index.lmdb', 0],
  ])('%s: a coded failure at most, and the next run has set the file aside', async (_, file, value) => {
    const path = join(project.root, '.pipeline/cache', file)
    writeFileSync(path, Buffer.from(readFileSync(path)).fill(value, 2 * 4096))
    const first = await again('sample')
    if (first.code !== 0) {
      // LMDB may end the whole process, which no code of ours sees; what it can tell is told.
      if (first.signal === null) expect(first.stdout).toMatch(/"code":"(E605|W502)"/)
      expect((await again('sample')).code).toBe(0)
    }
    expect(readdirSync(join(path, '..')).some((name) => /\.damaged-\d+$/.test(name))).toBe(true)
    expect(await contents(join(project.root, 'outputs'))).toEqual(undisturbed)
  })
})

test.each([[['plan', 'small']], [['status', 'small']], [['why', 'small', 'train']], [['cache', 'ls']]])(
  '%j tells of damaged pages, and that a run heals them; it leaves them as they are',
  async (args) => {
    const path = join(project.root, '.pipeline/cache/index.lmdb')
    const damaged = Buffer.from(readFileSync(path)).fill(0, 2 * 4096)
    writeFileSync(path, damaged)
    const { code, stderr } = await project.pipeline(...args)
    expect(code).toBe(1)
    expect(stderr).toContain(
      'error E605 the cache is damaged inside index.lmdb\n  help  pipeline run SPEC sets that aside',
    )
    expect(stderr).not.toContain('E901')
    expect(readFileSync(path).equals(damaged)).toBe(true)
  },
)

function blobs(): string[] {
  const folder = join(project.root, '.pipeline/cache/blobs')
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}

/** Flips bytes inside the values, leaving LMDB's own pages sound. */
async function damageTensors(path: string): Promise<void> {
  const db = open<Uint8Array, string>({ path, noSubdir: true, encoding: 'binary' })
  for (const { key, value } of [
    ...db.getRange().map(({ key, value }) => ({ key, value: Uint8Array.from(value) })),
  ].slice(0, 2)) {
    value[value.length - 9] ^= 0xff
    await db.put(key, value)
  }
  await db.close()
}
