import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { execute, makeProject, type Project, writeParts } from '../rig/project.ts'

let project: Project
beforeEach(async () => (project = await makeProject()))
afterEach(() => project.dispose())

const read = (path: string): Promise<string> => readFile(join(project.root, path), 'utf8')

describe('init', () => {
  test('makes a project that runs, with sample images', async () => {
    const made = await project.pipeline('init', '--template', 'dfr')
    expect(made.stdout).toBe(
      'demo/pipelines/demo.yaml\ndemo/data/  40 images, 8 masks\nnext  cd demo && pipeline run demo\n',
    )
    expect(await read('demo/.gitignore')).toBe('.pipeline/\noutputs/\n')
    const checked = await execute(join(project.root, 'demo'), ['check', 'demo'])
    expect(checked).toMatchObject({ code: 0, stderr: '' })
    expect(checked.stdout).toBe('ok  pipelines/demo.yaml  10 stages, 40 images, 8 masks\n')
  })

  test('writes a spec for a folder of images, and nothing into it', async () => {
    const images = await writeParts(project, 'my parts')
    const made = await project.pipeline('init', 'my parts')
    expect(made.stdout).toBe(
      `pipelines/my-parts.yaml\nmy parts/  ${images.length} images, 3 masks\nnext  pipeline run my-parts\n`,
    )
    expect(await read('pipelines/my-parts.yaml')).toContain('data: "my parts"')
    expect((await project.pipeline('check', 'my-parts')).code).toBe(0)
  })

  test('overwrites nothing', async () => {
    await writeParts(project, 'parts')
    await project.write('pipelines/parts.yaml', 'mine')
    const { code, stderr } = await project.pipeline('init', 'parts')
    expect([code, stderr.split('\n')[0]]).toEqual([4, 'error E403 pipelines/parts.yaml is there already'])
    expect(await read('pipelines/parts.yaml')).toBe('mine')
  })

  test('leaves a folder alone that holds other things', async () => {
    await project.write('odd/x.png', 'x')
    const { code, stderr } = await project.pipeline('init', 'odd')
    expect([code, stderr.split('\n')[0]]).toEqual([2, 'error E210 no images in odd/train'])
  })
})
