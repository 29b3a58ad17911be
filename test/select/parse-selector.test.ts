import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSelector, quoteValue, type Selector } from '../../runner/select/parse-selector.ts'

test.each<[string, Partial<Selector>]>([
  ['train', { name: 'train' }],
  ['e*', { name: 'e*' }],
  ['@variance=0.90', { cells: [{ axis: 'variance', value: '0.90', quoted: false }] }],
  [
    'train@variance=0.90,lr=1e-3',
    {
      name: 'train',
      cells: [
        { axis: 'variance', value: '0.90', quoted: false },
        { axis: 'lr', value: '1e-3', quoted: false },
      ],
    },
  ],
  ['train...', { name: 'train', needs: 'with' }],
  ['train^...', { name: 'train', needs: 'without' }],
  ['...train', { name: 'train', dependents: 'with' }],
  ['...^train', { name: 'train', dependents: 'without' }],
  ['...^train...', { name: 'train', dependents: 'without', needs: 'with' }],
  ['!export', { name: 'export', negated: true }],
  ['!...@lr=1e-3', { negated: true, dependents: 'with', cells: [{ axis: 'lr', value: '1e-3', quoted: false }] }],
  ['train@lr=1e-3...', { name: 'train', needs: 'with', cells: [{ axis: 'lr', value: '1e-3', quoted: false }] }],
  ['train@lr=1e-3^...', { name: 'train', needs: 'without', cells: [{ axis: 'lr', value: '1e-3', quoted: false }] }],
  ["a@x='1, 2...'", { name: 'a', cells: [{ axis: 'x', value: '1, 2...', quoted: true }] }],
  ["a@x='it''s'", { name: 'a', cells: [{ axis: 'x', value: "it's", quoted: true }] }],
  ["a@x=''...", { name: 'a', needs: 'with', cells: [{ axis: 'x', value: '', quoted: true }] }],
])('%s is read', (text, expected) => {
  expect(parseSelector(text)).toEqual({ ok: true, value: { negated: false, cells: [], ...expected } })
})

test.each([
  ['', 'no stage in the selector ""'],
  ['!', 'no stage in the selector "!"'],
  ['...', 'no stage in the selector "..."'],
  ['train@', 'no axis and value in the selector "train@"'],
  ['train@lr', 'no axis and value in the selector "train@lr"'],
  ['train@lr=', 'no value of lr in the selector "train@lr="'],
  ['train@lr=1,', 'no axis and value in the selector "train@lr=1,"'],
  ['train@lr=1 2', '" 2" is out of place in the selector "train@lr=1 2"'],
  ["train@lr='1", 'no value of lr in the selector "train@lr=\'1"'],
  ['train..', '".." is out of place in the selector "train.."'],
  ['^train', 'no stage in the selector "^train"'],
  ['train@lr=1...2', '"2" is out of place in the selector "train@lr=1...2"'],
  ['a\u001b[2J', '"\\x1b[2J" is out of place in the selector "a\\x1b[2J"'],
])('%s is refused', (text, message) => {
  expect(parseSelector(text)).toMatchObject({ ok: false, error: { code: 'E003', message } })
})

const reach = fc.constantFrom(undefined, 'with' as const, 'without' as const)
const axis = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,8}$/)
const selectors = fc
  .record({
    negated: fc.boolean(),
    dependents: reach,
    needs: reach,
    name: fc.option(fc.stringMatching(/^[a-z*?][a-z0-9*?-]{0,8}$/), { nil: undefined }),
    cells: fc.array(fc.tuple(axis, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 3 }),
  })
  .filter(({ name, cells }) => name !== undefined || cells.length > 0)

test('whatever values hold, a selector written with quotes where needed is read back', () => {
  fc.assert(
    fc.property(selectors, ({ negated, dependents, needs, name, cells }) => {
      const before = dependents === undefined ? '' : dependents === 'with' ? '...' : '...^'
      const after = needs === undefined ? '' : needs === 'with' ? '...' : '^...'
      const choices = cells.map(([key, value]) => `${key}=${quoteValue(value)}`).join(',')
      const text = `${negated ? '!' : ''}${before}${name ?? ''}${choices === '' ? '' : `@${choices}`}${after}`
      expect(parseSelector(text)).toEqual({
        ok: true,
        value: {
          negated,
          ...(dependents && { dependents }),
          ...(needs && { needs }),
          ...(name !== undefined && { name }),
          cells: cells.map(([key, value]) => ({ axis: key, value, quoted: quoteValue(value) !== value })),
        },
      })
    }),
    { numRuns: 2000, seed: 4 },
  )
})

test('any text is a selector or E003 with a way out, never an exception', () => {
  const pieces = fc.constantFrom('!', '...', '^', '@', '=', ',', "'", 'a', 'train', '1e-3', ' ', '*', '?', '\n', '😀')
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseSelector(text)
      if (parsed.ok) return
      expect(parsed.error.code).toBe('E003')
      expect(parsed.error.help).toHaveLength(1)
    }),
    { numRuns: 5000, seed: 4 },
  )
})
