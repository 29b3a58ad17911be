import { describe, expect, test } from 'vitest'
import { type Item, picture } from '../../artifacts/items.ts'
import { augmentPhotometric } from '../../stages/augment/photometric.ts'
import { item, listItems } from './items.ts'

const augment = (items: readonly Item[], settings: Record<string, unknown> = {}, seed = 7): readonly Item[] =>
  listItems(augmentPhotometric, items, settings, seed).items
const many = Array.from({ length: 400 }, (_, i) => item(`train/ok/${i}`))
const ENHANCED = ['clahe', 'gamma', 'unsharp']
const isEnhanced = ({ image }: Item): boolean => image.operations.map(({ op }) => op).join() === ENHANCED.join()

describe('copies', () => {
  test('stand behind their original, of training images alone', () => {
    const given = [
      item('train/ok/a', { part: '7', fields: { zoom: '3' } }),
      item('train/ok/b', { split: 'held_out' }),
      item('test/ok/c', { split: 'test' }),
    ]
    const items = augment(given, { copies: 2 })
    expect(items.map(({ id, copy }) => [id, copy])).toEqual([
      ['train/ok/a', 0],
      ['train/ok/a#1', 1],
      ['train/ok/a#2', 2],
      ['train/ok/b', 0],
      ['test/ok/c', 0],
    ])
    expect([items[0], items[3], items[4]]).toEqual(given)
    expect(items[1]).toEqual({ ...given[0], id: 'train/ok/a#1', copy: 1, image: items[1].image })
    expect(augment(given, { copies: 0 })).toEqual(given)
  })

  test('have steps of their own, with noise that no other copy has', () => {
    const copies = augment(many).filter(({ copy }) => copy > 0)
    expect(copies).toHaveLength(1200)
    expect(copies.every(({ image }) => image.operations.length > 0)).toBe(true)
    const seeds = copies.flatMap(({ image }) =>
      image.operations.filter(({ op }) => op === 'noise').map(({ seed }) => seed),
    )
    // 0.3, and where nothing else is drawn.
    expect(seeds.length / copies.length).toBeGreaterThan(0.3)
    expect(seeds.length / copies.length).toBeLessThan(0.41)
    expect(new Set(seeds).size).toBe(seeds.length)
  })

  test('build on what was done before, and masks follow', () => {
    const gamma = { op: 'gamma', version: 1, g: 0.8 }
    const invert = { op: 'invert', version: 1 }
    const { source } = item('x').image
    const mask = picture(item('m').image.source, [invert])
    const [, copy] = augment([item('x', { image: picture(source, [gamma]), mask })])
    expect(copy.image.operations[0]).toEqual(gamma)
    const steps = copy.image.operations.slice(1)
    expect(copy.mask).toEqual(picture(mask.source, [invert, ...steps]))
    expect(copy.image).toEqual(picture(source, [gamma, ...steps]))
  })

  test('are numbered on where an earlier stage made some', () => {
    const twice = augment(augment([item('train/ok/a#1'), item('train/ok/b')], { copies: 2 }), { copies: 1 })
    const ids = twice.map(({ id }) => id)
    expect(ids).toEqual([
      'train/ok/a#1',
      'train/ok/a#1#3',
      'train/ok/a#1#1',
      'train/ok/a#1#2',
      'train/ok/b',
      'train/ok/b#3',
      'train/ok/b#1',
      'train/ok/b#2',
    ])
    expect(new Set(twice.map(({ image }) => image.digest)).size).toBe(8)
  })
})

describe('a draw', () => {
  const digests = (items: readonly Item[]): Map<string, string> => new Map(items.map((i) => [i.id, i.image.digest]))

  test('of one image is not moved by others, by their order or by more copies', () => {
    const before = digests(augment(many))
    const changed = [item('train/ok/first'), ...[...many].reverse(), item('train/ok/last')]
    const after = digests(augment(changed, { copies: 5 }))
    for (const [id, digest] of before) expect(after.get(id)).toBe(digest)
  })

  test('depends on content and not on names', () => {
    const renamed = many.map((i) => ({ ...i, id: i.id.replace('ok/', 'ok/new-') }))
    expect(augment(renamed).map(({ image }) => image)).toEqual(augment(many).map(({ image }) => image))
  })

  test('differs with the seed', () => {
    const [one, other] = [7, 8].map((seed) => digests(augment(many, {}, seed)))
    const same = [...one].filter(([id, digest]) => id.includes('#') && other.get(id) === digest)
    expect(same.length).toBeLessThan(60)
  })

  test('is the same whichever way turns are made, but for the turn', () => {
    const plain = JSON.stringify(augment(many).map(({ image }) => image.operations))
    const warped = JSON.stringify(augment(many, { rotate: 'warp' }).map(({ image }) => image.operations))
    expect(warped).toContain('"mode":"warp"')
    expect(warped.replaceAll('"mode":"warp"', '"mode":"exact"')).toBe(plain)
  })
})

describe('enhanced copies', () => {
  test('by listing are copy 1 of the first images by name, whatever their order', () => {
    const settings = { enhanced_copy: { share: 0.15, pick: 'listing' } }
    const items = augment([...many.slice(0, 39)].reverse(), settings)
    // Bytewise: 0 1 10 11 12, of 0.15 * 39 = 5.85.
    const ids = items.filter(isEnhanced).map(({ id }) => id)
    expect(ids.sort()).toEqual(['train/ok/0#1', 'train/ok/1#1', 'train/ok/10#1', 'train/ok/11#1', 'train/ok/12#1'])
    expect(items).toHaveLength(156)
    expect(items.find(isEnhanced)?.image.operations).toEqual([
      { op: 'clahe', version: 1, clip: 0.8, tiles: 8 },
      { op: 'gamma', version: 1, g: 0.8 },
      { op: 'unsharp', version: 1, amount: 2 },
    ])
  })

  test('by hash are about the share, and more images change none', () => {
    const enhancedOf = (items: readonly Item[]): string[] =>
      augment(items, { enhanced_copy: {} })
        .filter(isEnhanced)
        .map(({ id }) => id)
    const picked = enhancedOf(many)
    expect(picked.every((id) => id.endsWith('#1'))).toBe(true)
    expect(picked.length / many.length).toBeGreaterThan(0.1)
    expect(picked.length / many.length).toBeLessThan(0.2)
    expect(enhancedOf([item('train/ok/more'), ...many]).filter((id) => id !== 'train/ok/more#1')).toEqual(picked)
  })

  test('leave masks and other copies as they are', () => {
    const mask = picture(item('m').image.source)
    const given = [item('train/ok/a', { mask })]
    const [, first, second] = augment(given, { enhanced_copy: { share: 1 } })
    const [, , other] = augment(given)
    expect(first.mask).toEqual(mask)
    expect(second).toEqual(other)
  })
})

test('the thesis turns by warp and enhances a copy of the first images', () => {
  const { rotate, enhanced_copy } = augmentPhotometric.settings.properties
  expect([rotate, enhanced_copy].map((schema) => (schema as { 'x-thesis'?: unknown })['x-thesis'])).toEqual([
    'warp',
    { share: 0.15, pick: 'listing' },
  ])
})

test.each([{ copies: 65 }, { copies: 1.5 }, { preset: 'mine' }, { enhanced_copy: { share: 2 } }, { flips: 1 }])(
  'refuses %j',
  (settings) => {
    expect(() => augment(many, settings)).toThrow('data')
  },
)
