import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeProject, type Project } from '../rig/project.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')

/** Code blocks of the page that are files: by the name in the line before. */
const FILES = [...PAGE.matchAll(/^`([\w./]+)`[^\n]*:\n\n```\w+\n([\s\S]*?)```/gm)].map(([, name, text]) => [name, text])
const WORDS = /```yaml\n(version: 1\nname: words[\s\S]*?)```/.exec(PAGE)![1]

let project: Project
beforeEach(async () => {
  project = await makeProject()
})
afterEach(() => project.dispose())

const hasPython = spawnSync('python3', ['--version']).status === 0

test.skipIf(!hasPython)('the Python script of the page trains, and runs again for what it reads alone', async () => {
  for (const [name, text] of FILES) await project.write(name, text)
  expect(FILES.map(([name]) => name)).toEqual([
    'pipelines/press.yaml',
    'train.py',
    'judge.py',
    'data/train.csv',
    'data/test.csv',
  ])
  const first = await project.run('press')
  expect(first.code, first.stdout).toBe(0)
  expect(await readFile(join(project.root, 'outputs/press/files/judge/scores.csv'), 'utf8')).toMatch(
    /^part,bad\na,0\.0\d\d\nb,0\.9\d\d\n$/,
  )
  expect(first.events.flatMap((event) => (event.type === 'stage.log' ? [event.text] : []))[3]).toMatch(
    /^epoch 200\/200 {2}loss 0\.\d{4}$/,
  )
  expect((await project.run('press')).states).toEqual({ train: 'fresh', judge: 'fresh' })
  const [, script] = FILES.find(([name]) => name === 'train.py')!
  await project.write('train.py', `${script}# the same model\n`)
  expect((await project.run('press')).states).toEqual({ train: 'done', judge: 'cut-off' })
  await project.write('judge.py', FILES.find(([name]) => name === 'judge.py')![1].replace('.3f', '.2f'))
  expect((await project.run('press')).states).toEqual({ train: 'fresh', judge: 'done' })
})

test('the commands of the page count words', async () => {
  await project.write('pipelines/words.yaml', WORDS)
  await project.write('texts/a.txt', 'a rose is\n')
  await project.write('texts/b.txt', 'a rose\n')
  const { code, stdout } = await project.run('words')
  expect(code, stdout).toBe(0)
  const output = (name: string) => readFile(join(project.root, 'outputs/words/files', name), 'utf8')
  expect((await output('count/count.txt')).replace(/ +/g, ' ')).toBe(' 2 a\n 1 is\n 2 rose\n')
  expect(await output('words/words.txt')).toBe('a\nrose\nis\na\nrose\n')
})
