import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OutputFile, writeOutputs } from '../../runner/outputs-folder.ts'

let folder: string
let written: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flawline-'))
  written = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string): OutputFile => ({
  name,
  content,
  bytes: () => {
    written.push(name)
    return Buffer.from(content)
  },
})
const [one, two] = [
  [file('a', 'one'), file('sub/b', 'one'), file('gone', 'one')],
  [file('a', 'two'), file('sub/b', 'two'), file('new', 'two')],
]
const found = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )

/** The second half of `two` fails, as if the program had been killed there. */
async function breakOff(): Promise<void> {
  const broken = { ...two[1], bytes: () => Promise.reject(new Error('killed')) }
  await expect(writeOutputs(folder, [two[0], two[2], broken])).rejects.toThrow('killed')
}

test('writes what differs and nothing else; removes what is no longer there', async () => {
  await writeOutputs(folder, one)
  written = []
  await writeOutputs(folder, one)
  expect(written).toEqual([])
  await writeOutputs(folder, [one[0], file('sub/b', 'two')])
  expect(written).toEqual(['sub/b'])
  const { '.flawline.json': list, ...files } = found()
  expect(files).toEqual({ a: 'one', 'sub/b': 'two' })
  expect(JSON.parse(list)).toEqual({ files: { a: { content: 'one', size: 3 }, 'sub/b': { content: 'two', size: 3 } } })
})

test('what a killed call wrote is repaired, even by one that wants the earlier files back', async () => {
  await writeOutputs(folder, one)
  const before = found()
  await breakOff()
  expect(found()).toMatchObject({ a: 'two', new: 'two', 'sub/b': 'one' })
  // As if the clock had gone back: no time tells that the file is not the old one.
  utimesSync(join(folder, 'a'), 0, 0)
  await writeOutputs(folder, one)
  expect(found()).toEqual(before)
})

test('goes on after two killed calls that wanted different files', async () => {
  await breakOff()
  await expect(
    writeOutputs(folder, [file('third', '3'), { ...two[1], bytes: () => Promise.reject(new Error('killed')) }]),
  ).rejects.toThrow('killed')
  await writeOutputs(folder, one)
  expect(Object.keys(found())).toEqual(['.flawline.json', 'a', 'gone', 'sub/b'])
})

test('half-written files of processes that ended are removed, those of others left alone', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  await breakOff()
  mkdirSync(join(folder, 'sub'))
  const staged = [`a.${pid}.part`, `.flawline.json.${pid}.part`, `sub/b.${pid}.part`]
  const others = [`a.${process.ppid}.part`, `theirs.${pid}.part`]
  for (const name of [...staged, ...others]) writeFileSync(join(folder, name), 'half')
  await writeOutputs(folder, one)
  expect(Object.keys(found())).toEqual(['.flawline.json', 'a', ...others, 'gone', 'sub/b'].sort())
})

test('a list that names files outside the folder removes none of them', async () => {
  const outside = join(folder, 'outside')
  writeFileSync(outside, 'theirs')
  const inner = join(folder, 'inner')
  mkdirSync(inner)
  writeFileSync(join(inner, '.flawline.json'), '{"files":{"../outside":{"content":"x","size":6}}}')
  await writeOutputs(inner, one)
  expect(readFileSync(outside, 'utf8')).toBe('theirs')
})
