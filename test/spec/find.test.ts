import { expect, test } from 'vitest'
import { findRoot, findSpec, listSpecs } from '../../runner/spec/find.ts'
import { withFiles } from './rig.ts'

const FILES = {
  'pipelines/dataset-a.yaml': '',
  'pipelines/b.yml': '',
  'pipelines/base/shared.yaml': '',
  'pipelines/readme.md': '',
  'deep/er/here.yaml': '',
  'dataset-a.yml': '',
}

test('the root is the nearest parent with .pipeline or pipelines, else the working folder', async () => {
  await withFiles({ ...FILES, 'deep/.pipeline/x': '' }, (folder) => {
    expect(findRoot(`${folder}/deep/er`)).toBe(`${folder}/deep`)
    expect(findRoot(folder)).toBe(folder)
    return Promise.resolve()
  })
  await withFiles({ 'a/b.yaml': '' }, (folder) => {
    expect(findRoot(`${folder}/a`)).toBe(`${folder}/a`)
    return Promise.resolve()
  })
})

test('the working folder comes before pipelines, each as given, then .yaml, then .yml', async () => {
  await withFiles(FILES, async (root) => {
    const find = async (argument: string, cwd = root) => {
      const found = await findSpec(argument, { cwd, root })
      return found.ok ? found.value.slice(root.length) : found.error.message
    }
    expect(await find('dataset-a')).toBe('/dataset-a.yml')
    expect(await find('dataset-a.yaml')).toBe('/pipelines/dataset-a.yaml')
    expect(await find('dataset-a', `${root}/deep`)).toBe('/pipelines/dataset-a.yaml')
    expect(await find('b')).toBe('/pipelines/b.yml')
    expect(await find('er/here', `${root}/deep`)).toBe('/deep/er/here.yaml')
    expect(await find('base/shared')).toBe('no spec "base/shared"')
    expect(await find('deep')).toBe('no spec "deep"')
    expect(await listSpecs(root)).toEqual(['b', 'dataset-a'])
  })
})

test('- is standard input', async () => {
  expect(await findSpec('-', { cwd: '/', root: '/' })).toEqual({ ok: true, value: '-' })
})

test('a spec that is not there is E002 with the nearest name and the places tried', async () => {
  await withFiles(FILES, async (root) => {
    expect(await findSpec('datset-a.yaml', { cwd: `${root}/deep`, root })).toEqual({
      ok: false,
      error: {
        code: 'E002',
        severity: 'error',
        message: 'no spec "datset-a.yaml"',
        help: [
          'did you mean dataset-a?',
          'tried datset-a.yaml, datset-a.yaml.yaml, datset-a.yaml.yml, ../pipelines/datset-a.yaml, ../pipelines/datset-a.yaml.yaml, ../pipelines/datset-a.yaml.yml',
          'specs in pipelines: b, dataset-a',
        ],
      },
    })
  })
})
