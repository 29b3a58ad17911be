import { cp, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { contents, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let original: Project
let project: Project
let ids: string[]

beforeAll(async () => {
  original = await makeProject()
  ids = await writeParts(original, 'data')
  await original.write('pipelines/small.yaml', smallSpec())
  const first = await original.run('small')
  expect(first.code, first.stdout + first.stderr).toBe(0)
})
afterAll(() => original.dispose())

// A copied project keeps its hits, so one first run serves all tests.
beforeEach(async () => {
  project = await makeProject()
  await cp(original.root, project.root, { recursive: true, preserveTimestamps: true })
})
afterEach(() => project.dispose())

const ALL_FRESH = {
  acquire: 'fresh',
  split: 'fresh',
  extract: 'fresh',
  sample: 'fresh',
  pca: 'fresh',
  train: 'fresh',
  score: 'fresh',
  evaluate: 'fresh',
  outputs: 'fresh',
}

describe('a second run', () => {
  test('computes nothing and leaves the same bytes', async () => {
    const before = await contents(join(project.root, 'outputs'))
    const again = await project.run('small')
    expect(again.states).toEqual(ALL_FRESH)
    expect(await contents(join(project.root, 'outputs'))).toEqual(before)
  })

  test('writes outputs that were removed, without computing', async () => {
    const before = await contents(join(project.root, 'outputs'))
    await rename(join(project.root, 'outputs'), join(project.root, 'elsewhere'))
    expect((await project.run('small')).states).toEqual(ALL_FRESH)
    expect(await contents(join(project.root, 'outputs'))).toEqual(before)
  })

  test('computes nothing after a training image was touched', async () => {
    await utimes(join(project.root, 'data', trainImage()), new Date(), new Date())
    expect((await project.run('small')).states).toEqual(ALL_FRESH)
  })
})

describe('a change', () => {
  test('of one pixel of one test image extracts and scores that image alone', async () => {
    await changePixel(join(project.root, 'data', ids.find((id) => id.startsWith('test/ok'))!))
    expect((await project.run('small')).states).toEqual({
      ...ALL_FRESH,
      acquire: 'done',
      split: 'done',
      extract: 'done 1',
      score: 'done 1',
      evaluate: 'done',
      outputs: 'done 1',
    })
  })

  test('of the grid extracts nothing', async () => {
    const { states } = await project.run('small', '--set', 'sample.grid=16')
    expect(states.extract).toBe('fresh')
    expect(states.sample).toBe('done')
  })

  test('of a name retrains nothing', async () => {
    const image = trainImage()
    await rename(join(project.root, 'data', image), join(project.root, 'data', image.replace('zoom_0', 'zoom_9')))
    const { states } = await project.run('small')
    expect(states).toMatchObject({ extract: 'fresh', sample: 'fresh', pca: 'fresh', train: 'fresh', score: 'fresh' })
  })

  test('of a label evaluates and computes nothing else', async () => {
    await project.write('pipelines/small.yaml', smallSpec({ acquire: ', labels: { ok: unknown }' }))
    const { states } = await project.run('small')
    expect(states).toMatchObject({
      extract: 'fresh',
      sample: 'fresh',
      train: 'fresh',
      score: 'fresh',
      evaluate: 'done',
    })
  })

  test('of a mask evaluates, and draws that one picture again', async () => {
    await changePixel(
      join(project.root, 'data', 'masks/nok', ids.find((id) => id.startsWith('test/nok'))!.split('/')[2]),
      255,
    )
    const { states } = await project.run('small')
    expect(states).toMatchObject({
      extract: 'fresh',
      train: 'fresh',
      score: 'fresh',
      evaluate: 'done',
      outputs: 'done 1',
    })
  })

  test('that a stage maps to the same bytes stops there', async () => {
    const { states } = await project.run('small', '--set', 'split.held_out=0.35')
    expect(states).toMatchObject({
      extract: 'fresh',
      sample: 'fresh',
      train: 'fresh',
      score: 'fresh',
      evaluate: 'fresh',
    })
  })
})

const trainImage = (): string => ids.find((id) => id.startsWith('train/'))!

async function changePixel(path: string, value = 7): Promise<void> {
  const { data, info } = await sharp(await readFile(path))
    .raw()
    .toBuffer({ resolveWithObject: true })
  data.fill(value, 0, info.channels)
  await writeFile(
    path,
    await sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
      .png()
      .toBuffer(),
  )
}
