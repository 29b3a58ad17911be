import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { printDiagnostics } from '../../ui/diagnostics.ts'

const PLAIN = { columns: 120, color: false }
const at = (line: number, column: number, endColumn: number, file = 'a.yaml') => ({
  file,
  line,
  column,
  endLine: line,
  endColumn,
})
const fault = (more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'E104',
  severity: 'error',
  message: 'unknown key',
  ...more,
})
const print = (diagnostics: readonly Diagnostic[], text = '', look = PLAIN): string[] =>
  printDiagnostics(diagnostics, new Map([['a.yaml', text]]), look).split('\n')

describe('diagnostics as text', () => {
  test('none are nothing', () => {
    expect(printDiagnostics([], new Map(), PLAIN)).toBe('')
  })

  test('without a place they are one line, and counted', () => {
    expect(print([fault(), fault({ severity: 'warning', code: 'W222' })])).toEqual([
      'error E104 unknown key',
      'warning W222 unknown key',
      '1 error, 1 warning',
    ])
  })

  test('squiggles go by display width: wide characters take two columns', () => {
    expect(print([fault({ at: at(1, 5, 7) })], '日本: 検査')).toEqual([
      'a.yaml:1:5 error E104 unknown key',
      '   1 | 日本: 検査',
      '     |       ~~~~',
      '1 error in a.yaml',
    ])
  })

  test('a related place in another file has a first line of its own', () => {
    const related = [{ message: 'acquire.dir is set here', at: at(2, 3, 6) }]
    expect(
      print(
        [
          fault({
            code: 'E211',
            message: 'mask without image',
            at: { file: 'masks/x.png' },
            related,
            help: ['add it'],
          }),
        ],
        'x\n  dir',
      ),
    ).toEqual([
      'masks/x.png error E211 mask without image',
      'a.yaml:2:3 note acquire.dir is set here',
      '   2 |   dir',
      '     |   ~~~',
      '  help  add it',
      '1 error in masks/x.png',
    ])
  })

  test('a related place in the same line does not repeat it', () => {
    const related = [{ message: 'the first one', at: at(1, 1, 2) }]
    expect(print([fault({ at: at(1, 4, 5), related })], 'a: a: 1')).toEqual([
      'a.yaml:1:4 error E104 unknown key',
      '   1 | a: a: 1',
      '     |    ~',
      '     | ~  the first one',
      '1 error in a.yaml',
    ])
  })

  test('they are sorted by file, line and column', () => {
    const sorted = print([
      fault({ at: at(2, 1, 2) }),
      fault({ at: at(1, 9, 10, 'b.yaml') }),
      fault({ at: at(1, 5, 6) }),
      fault({ at: at(1, 2, 3) }),
      fault(),
    ]).filter((line) => line.includes('E104'))
    expect(sorted.map((line) => line.split(' ')[0])).toEqual([
      'error',
      'a.yaml:1:2',
      'a.yaml:1:5',
      'a.yaml:2:1',
      'b.yaml:1:9',
    ])
  })

  test('after twenty of a file the rest is a number', () => {
    const many = Array.from({ length: 27 }, (_, i) => fault({ at: at(i + 1, 1, 2) }))
    const lines = print([...many, fault({ at: at(1, 1, 2, 'b.yaml') })])
    expect(lines.slice(-3)).toEqual([
      '... and 7 more (--json has all)',
      'b.yaml:1:1 error E104 unknown key',
      '28 errors in 2 files',
    ])
  })

  test('long lines are cut to the width around the column', () => {
    const text = `${'x'.repeat(300)} wrong ${'y'.repeat(300)}`
    const [, line, mark] = print([fault({ at: at(1, 302, 307) })], text, { columns: 60, color: false })
    expect(line.length).toBeLessThanOrEqual(60)
    expect(line.slice(mark.indexOf('~'), mark.lastIndexOf('~') + 1)).toBe('wrong')
  })

  test('foreign text cannot move the cursor or forge a line', () => {
    const lines = print([fault({ message: 'no \u001b[2J\nfile', at: at(1, 5, 6), help: ['a\rb'] })], 'a: \u001b"x"')
    expect(lines).toEqual([
      'a.yaml:1:5 error E104 no \\x1b[2J\\x0afile',
      '   1 | a: \\x1b"x"',
      '     |        ~',
      '  help  a\\x0db',
      '1 error in a.yaml',
    ])
  })

  test('colour marks severity and squiggle and changes no text', () => {
    const diagnostics = [fault({ at: at(1, 1, 2), help: ['x'] })]
    const colored = print(diagnostics, 'a: 1', { columns: 120, color: true }).join('\n')
    expect(colored).toContain('\u001b[31merror E104\u001b[39m')
    expect(colored).toContain('\u001b[31m~\u001b[39m')
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(print(diagnostics, 'a: 1').join('\n'))
  })
})
