import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BENCHMARKS } from '../../bench/benchmarks.ts'
import { replaceSection, sectionText } from '../../bench/document.ts'

const PAGE =
  '# Page\n\n<!-- bench a -->\n\nold\n\n<!-- end of bench a -->\n\nbetween\n\n<!-- bench b -->\n<!-- end of bench b -->\n'

describe('a document with measured sections', () => {
  test('the section of one benchmark is replaced, all else stays', () => {
    const once = replaceSection(PAGE, 'a', 'new')
    expect(once).toBe(PAGE.replace('old', 'new'))
    expect(replaceSection(once, 'a', 'new')).toBe(once)
    expect(replaceSection(PAGE, 'b', 'new')).toBe(PAGE.replace('<!-- bench b -->\n', '<!-- bench b -->\n\nnew\n\n'))
  })

  test('a document without the marks is not written to', () => {
    expect(() => replaceSection(PAGE, 'c', 'new')).toThrow(
      "the document has no lines '<!-- bench c -->' and '<!-- end of bench c -->'",
    )
  })

  test('docs/benchmarks.md has the marks of every benchmark', () => {
    const page = readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8')
    for (const name of BENCHMARKS.keys())
      expect(replaceSection(page, name, 'new')).toContain(
        `<!-- bench ${name} -->\n\nnew\n\n<!-- end of bench ${name} -->`,
      )
  })

  test('a section holds caption, aligned table and circumstances in lines of 120 characters', () => {
    const table = {
      caption: 'word '.repeat(30).trim(),
      columns: ['what', 'ms'],
      rows: [
        ['a long row', '1'],
        ['b', '1234'],
      ],
    }
    const about = { date: '2026-01-02', command: 'npm run bench', machine: 'a machine', versions: 'node 20' }
    expect(sectionText(table, about)).toBe(
      [
        'word '.repeat(24).trim(),
        'word '.repeat(6).trim(),
        '',
        '| what       | ms   |',
        '| ---------- | ---- |',
        '| a long row | 1    |',
        '| b          | 1234 |',
        '',
        '2026-01-02, `npm run bench`. a machine. node 20.',
      ].join('\n'),
    )
  })
})
