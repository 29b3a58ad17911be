import { describe, expect, test } from 'vitest'
import { type Item, picture } from '../../artifacts/items.ts'
import { splitByPart } from '../../stages/split/by-part.ts'
import { asText } from './image-folder.ts'
import { item, listItems } from './items.ts'

const split = (items: readonly Item[], settings: Record<string, unknown> = {}, seed = 7) =>
  listItems(splitByPart, items, settings, seed)
const heldOut = (items: readonly Item[]): string[] => items.filter((i) => i.split === 'held_out').map(({ id }) => id)

/** Images a0, a1, b0, b1 ... of parts a, b ... */
const parts = (letters: string, views = 2): Item[] =>
  letters.split('').flatMap((part) => Array.from({ length: views }, (_, i) => item(`train/ok/${part}${i}`, { part })))

describe('the share held out', () => {
  test('is counted in whole parts', () => {
    const { items, diagnostics } = split(parts('abcdefghij'))
    expect(diagnostics).toEqual([])
    const out = heldOut(items)
    expect(out).toHaveLength(4)
    expect(new Set(out.map((id) => id.slice(0, -1))).size).toBe(2)
    expect(items.map(({ id }) => id)).toEqual(parts('abcdefghij').map(({ id }) => id))
  })

  test.each([
    [0.2, 'ab', 1],
    [0.01, 'abcdefgh', 1],
    [0.25, 'abcdefgh', 2],
    [0.9, 'ab', 1],
    [0.9, 'abcdefghij', 9],
  ])('of %d among the parts %s is %i of them', (held_out, letters, count) => {
    expect(heldOut(split(parts(letters, 1), { held_out }).items)).toHaveLength(count)
  })

  test('leaves test images alone, and other columns too', () => {
    const tested = [
      item('test/ok/x', { split: 'test', part: 'x' }),
      item('test/nok/y', { split: 'test', label: 'nok' }),
    ]
    const { items } = split([...parts('abcde'), ...tested], { held_out: 0.9 })
    expect(items.slice(-2)).toEqual(tested)
    const given = parts('abcde')
    expect(items.slice(0, -2).map((i) => ({ ...i, split: 'train' }))).toEqual(given)
  })

  test('differs with the seed', () => {
    const given = parts('abcdefghijklmnopqrst', 1)
    expect(heldOut(split(given, {}, 1).items)).not.toEqual(heldOut(split(given, {}, 2).items))
  })

  test('holds no augmented copies', () => {
    const given = parts('abcdef', 1).flatMap((one) => [one, { ...one, id: `${one.id}#1`, copy: 1 }])
    const { items } = split(given, { held_out: 0.5 })
    expect(heldOut(items)).toHaveLength(3)
    expect(items.filter((i) => i.split === 'held_out' && i.copy > 0)).toEqual([])
    expect(items).toHaveLength(9)
  })
})

describe('what stays together', () => {
  test('a part, whatever zeros its number has', () => {
    const given = Array.from({ length: 20 }, (_, i) => [
      item(`train/ok/${i}`, { part: String(i) }),
      item(`train/ok/0${i}`, { part: `0${i}` }),
    ]).flat()
    const out = new Set(heldOut(split(given).items))
    expect(out.size).toBe(8)
    for (let i = 0; i < 20; i++) expect(out.has(`train/ok/${i}`)).toBe(out.has(`train/ok/0${i}`))
  })

  test('a value of group_by where no part is known', () => {
    const given = Array.from({ length: 30 }, (_, i) =>
      item(`train/ok/${i}`, { fields: { time: String(i % 10), zoom: String(i) } }),
    )
    const { items, diagnostics } = split(given, { group_by: 'time' })
    expect(diagnostics).toEqual([])
    expect(heldOut(items)).toHaveLength(6)
    expect(new Set(heldOut(items).map((id) => Number(id.slice(9)) % 10)).size).toBe(2)
  })

  test('equal images, and the parts that share one', () => {
    for (let seed = 0; seed < 20; seed++) {
      const given = [...parts('abcdef'), item('train/ok/a-again', { part: 'b', content: 'train/ok/a0' })]
      const sides = new Map(split(given, { held_out: 0.5 }, seed).items.map((i) => [i.id, i.split]))
      const shared = ['a0', 'a1', 'b0', 'b1', 'a-again'].map((id) => sides.get(`train/ok/${id}`))
      expect(new Set(shared).size).toBe(1)
    }
    const alone = [item('train/ok/1', { content: 'same' }), item('train/ok/2', { content: 'same' }), item('train/ok/3')]
    for (let seed = 0; seed < 20; seed++) {
      const [first, second] = split(alone, { held_out: 0.5 }, seed).items
      expect(first.split).toBe(second.split)
    }
  })
})

describe('a draw', () => {
  const many = Array.from({ length: 60 }, (_, i) => item(`train/ok/${i}`))

  test('is the same under other file names and in any order', () => {
    const contents = (items: readonly Item[]): string[] =>
      items
        .filter((i) => i.split === 'held_out')
        .map(({ image }) => image.digest)
        .sort()
    const before = contents(split(many).items)
    expect(contents(split([...many].reverse()).items)).toEqual(before)
    expect(contents(split(many.map((i, n) => ({ ...i, id: `train/ok/new-${n}` }))).items)).toEqual(before)
    expect(before).toHaveLength(12)
  })

  test('is the same for enhanced images', () => {
    const enhanced = many.map((i) => ({
      ...i,
      image: picture(i.image.source, [{ op: 'gamma', version: 1, g: 0.8 }]),
    }))
    expect(heldOut(split(enhanced).items)).toEqual(heldOut(split(many).items))
  })

  test('of one more image moves at most one other', () => {
    const before = new Set(heldOut(split(many).items))
    for (let n = 0; n < 20; n++) {
      const after = new Set(heldOut(split([...many, item(`train/ok/more-${n}`)]).items))
      const moved = many.filter(({ id }) => before.has(id) !== after.has(id))
      expect(moved.length).toBeLessThanOrEqual(1)
    }
  })

  test('of one more view of a known part moves none', () => {
    const given = parts('abcdefghij')
    const before = heldOut(split(given).items)
    const after = heldOut(split([...given, item('train/ok/a2', { part: 'a' })]).items)
    expect(after.filter((id) => id !== 'train/ok/a2')).toEqual(before)
  })
})

describe('what is told', () => {
  test('that no part is known', () => {
    const { diagnostics = [] } = split([item('train/ok/1'), item('train/ok/2')])
    expect(asText(diagnostics)).toBe(
      [
        'warning W222 no part known: split by image',
        '  help  views of one part may stand on both sides: name {part} in fields of the acquiring stage, or set group_by',
      ].join('\n'),
    )
    const mixed = split([...parts('ab', 1), item('train/ok/1'), item('train/ok/2')]).diagnostics ?? []
    expect(mixed[0].message).toBe('no part known for 2 training images: split by image')
  })

  test('that nothing is held out', () => {
    expect(asText(split(parts('ab'), { held_out: 0 }).diagnostics ?? [])).toBe(
      [
        'warning W223 nothing held out, no verdicts',
        '  help  set held_out to 0.2, so that thresholds can be set on good images that were not trained on',
      ].join('\n'),
    )
    const { items, diagnostics = [] } = split(parts('a'))
    expect(heldOut(items)).toEqual([])
    expect(asText(diagnostics)).toBe(
      [
        'warning W223 one group alone: nothing held out, no verdicts',
        '  help  add images of another part, or group them by something finer',
      ].join('\n'),
    )
  })

  test('parts in training and test', () => {
    const tested = ['01', '2', 'z'].map((part) => item(`test/ok/${part}`, { split: 'test', part }))
    const trained = ['1', '02', '3'].map((part) => item(`train/ok/${part}`, { part }))
    expect(asText(split([...trained, ...tested]).diagnostics ?? [])).toBe(
      [
        'warning W221 2 parts in training and test: 1, 2',
        '  help  the verdict is about parts that were partly seen; move all images of a part to one side',
      ].join('\n'),
    )
    const both = ['train', 'test'] as const
    const captures = both.map((side) => item(`${side}/ok/1`, { split: side, fields: { time: '7' } }))
    const { diagnostics = [] } = split([...captures, item('train/ok/2', { fields: { time: '8' } })], {
      group_by: 'time',
    })
    expect(diagnostics.map(({ message }) => message)).toEqual(['1 part in training and test: time 7'])
  })

  test('a field that is not there', () => {
    const given = [
      item('train/ok/1', { fields: { time: '1', zoom: '3' } }),
      item('train/ok/2', { fields: { time: '2' } }),
    ]
    const { diagnostics = [] } = split(given, { group_by: 'tiem' })
    expect(asText(diagnostics.slice(0, 1))).toBe(
      ['error E104 unknown field tiem in group_by', '  help  did you mean time? Fields: time, zoom'].join('\n'),
    )
    expect(diagnostics[0].setting).toBe('group_by')
    expect(split(parts('ab'), { group_by: 'time' }).diagnostics).toEqual([])
    expect(split([item('train/ok/1'), item('train/ok/2')], { group_by: 'constructor' }).diagnostics?.[0].code).toBe(
      'E104',
    )
  })

  test.each([-0.1, 1, '0.2'])('settings out of range: held_out %s', (held_out) => {
    expect(() => split(parts('ab'), { held_out })).toThrow('held_out must be')
  })
})
