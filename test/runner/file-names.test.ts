import { expect, test } from 'vitest'
import { fileStems } from '../../runner/file-names.ts'
import { fileName } from '../../runner/stage-log.ts'

const stemsOf = (...ids: readonly string[]): string[] => [...fileStems(ids).values()]

test('an id loses its extension, and a copy has its number behind @', () => {
  expect(stemsOf('test/nok/a.png', 'train/ok/b.c.jpeg', 'train/ok/a.png#12', 'plain')).toEqual([
    'test/nok/a',
    'train/ok/b.c',
    'train/ok/a@12',
    'plain',
  ])
})

test('what is odd in a file name goes, and a digest tells such names apart', () => {
  const stems = stemsOf('test/ok/a b.png', 'test/ok/a:b.png', '../up.png', 'x/\u202eé.png')
  for (const stem of stems) expect(stem).toMatch(/^[A-Za-z0-9._=,@+-]+(\/[A-Za-z0-9._=,@+-]+)*-[0-9a-f]{8}$/)
  expect(stems.map((stem) => stem.slice(0, -9))).toEqual(['test/ok/a_b', 'test/ok/a_b', '_/up', 'x/__'])
  expect(new Set(stems).size).toBe(4)
})

test('names that differ in extension or case alone stay apart', () => {
  const stems = stemsOf('a.png', 'a.jpg', 'A.png', 'a.png#1', 'a@1.png', 'b.png')
  expect(stems.map((stem) => stem.replace(/-[0-9a-f]{8}$/, ''))).toEqual(['a', 'a', 'A', 'a@1', 'a@1', 'b'])
  expect(new Set(stems.map((stem) => stem.toLowerCase())).size).toBe(6)
  expect(stems.at(-1)).toBe('b')
})

test('an address names a file of no more than 255 bytes, and its key tells two of them apart', () => {
  expect(fileName('train@lr=1e-3', 'abcdef0123')).toBe('train@lr=1e-3')
  expect(fileName(`train@text=${'q'.repeat(10_000)}`, 'abcdef0123')).toMatch(/^train@text=q{189}-abcdef01$/)
})
