import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let project: Project
let ids: string[]
beforeAll(async () => {
  project = await makeProject()
  ids = await writeParts(project, 'data')
  await project.write('pipelines/small.yaml', smallSpec())
})
afterAll(() => project.dispose())

test('a training image that is a test image in another file is refused before anything is computed', async () => {
  const trained = ids.find((id) => id.startsWith('train/'))!
  const other = await sharp(await readFile(join(project.root, 'data', trained)))
    .withMetadata({ density: 72 })
    .tiff({ compression: 'lzw' })
    .toBuffer()
  await project.write('data/test/ok/zoom_0_again.tiff', other)
  const { code, events } = await project.run('small')
  const told = events.flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic] : []))
  expect(told.map(({ code: each, message }) => `${each} ${message}`)).toEqual([
    `E214 equal pixels in training and test: ${trained} and test/ok/zoom_0_again.tiff`,
  ])
  expect(events.some(({ type }) => type === 'stage.start')).toBe(false)
  expect(code).toBe(2)
})
