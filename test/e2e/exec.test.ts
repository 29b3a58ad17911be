import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contents, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let project: Project
beforeAll(async () => {
  project = await makeProject()
  await writeParts(project, 'data')
  await project.write(
    'pipelines/small.yaml',
    `${smallSpec({ outputs: false })}  note: { uses: command/shell, needs: [train], with: { run: "ls in/train > list", outputs: [list] } }\n`,
  )
  const { code, stdout } = await project.run('small')
  expect(code, stdout).toBe(0)
})
afterAll(() => project.dispose())

/** Describes a stage of the last run as a task, changes the text, and runs it. */
async function exec(address: string, change: (task: string) => string = (task) => task): Promise<string> {
  const { stdout: task, stderr } = await project.pipeline('show', 'last', '--task', address)
  expect(stderr).toBe('')
  await project.write('task.json', change(task))
  const { code, stdout } = await project.pipeline('exec', 'task.json', '--out', `out-${address}`)
  return `${code} ${stdout.replace(/ {2}[0-9a-f]{8} {2}/, '  KEY  ').replace(/\d[\d.]* [kM]?B/, 'SIZE')}`
}

const blobs = async (): Promise<string[]> => [
  ...(await contents(join(project.root, '.pipeline/cache/blobs'))).keys(),
  ...(await contents(join(project.root, '.pipeline/cache/tensors'))).keys(),
]

test('a task run by hand gives the bytes that the cache holds, and leaves the cache as it is', async () => {
  const before = await blobs()
  expect(await exec('train')).toBe('0 train/pca  KEY  model.safetensors  SIZE  same bytes as in the cache\n')
  expect(await exec('extract')).toBe('0 extract/mobilenet-v2  KEY  12 items  SIZE  same bytes as in the cache\n')
  expect(await exec('note')).toBe('0 command/shell  KEY  list  SIZE  same bytes as in the cache\n')
  expect(await readFile(join(project.root, 'out-note/list'), 'utf8')).toBe('model.safetensors\n')
  expect(await blobs()).toEqual(before)
})

test('other bytes are told, and end with 1', async () => {
  const changed = await exec('note', (task) => task.replace('ls in/train', 'ls -a in/train'))
  expect(changed).toBe('1 command/shell  KEY  list  SIZE  OTHER bytes than in the cache\n')
})

test('what is no task of this program is refused', async () => {
  await project.write('no.json', '{}')
  expect(await project.pipeline('exec', 'no.json')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('E101 no.json describes no task') as unknown,
  })
})
