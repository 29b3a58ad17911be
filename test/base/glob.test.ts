import { describe, expect, test } from 'vitest'
import { parseGlob } from '../../base/glob.ts'

describe('a glob', () => {
  test.each([
    ['data/*.txt', 'data/a.txt', true],
    ['data/*.txt', 'data/b/a.txt', false],
    ['data/*.txt', 'data/.a.txt', false],
    ['data/.*', 'data/.a', true],
    ['data/**', 'data/a', true],
    ['data/**', 'data/b/c/a', true],
    ['data/**', 'data/.b/a', false],
    ['data/**', 'data', false],
    ['**/a', 'a', true],
    ['**/a', 'b/c/a', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'ab', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]1', 'b1', true],
    ['[!a-c]1', 'b1', false],
    ['[!a-c]1', 'd1', true],
    ['x.{txt,csv}', 'x.csv', true],
    ['x.{txt,csv}', 'x.tsv', false],
    ['a.b', 'axb', false],
    ['(a)+', '(a)+', true],
    ['[', '[', true],
    ['{', '{', true],
    ['*é*', 'crémé', true],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(parseGlob(pattern).matches(path)).toBe(matches)
  })

  test.each([
    ['data/*.txt', 'data', true],
    ['data/*.txt', 'data/b', false],
    ['data/*/x', 'data/b', true],
    ['data/*/x', 'other', false],
    ['data/**', 'data/b/c', true],
    ['data/**', 'data/.b', false],
    ['**/.b/x', 'a/.b', true],
  ])('%s is looked for below %s: %s', (pattern, folder, enters) => {
    expect(parseGlob(pattern).enters(folder)).toBe(enters)
  })

  test('knows where a search may start', () => {
    expect(parseGlob('data/raw/*/x.txt').base).toBe('data/raw')
    expect(parseGlob('*.txt').base).toBe('')
    expect(parseGlob('a/b.txt')).toMatchObject({ base: 'a', literal: true })
  })
})
