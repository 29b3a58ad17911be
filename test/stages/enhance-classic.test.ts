import { expect, test } from 'vitest'
import { type Item, picture } from '../../artifacts/items.ts'
import { enhanceClassic } from '../../stages/enhance/classic.ts'
import { asText } from './image-folder.ts'
import { item, listItems } from './items.ts'

const ALL = { clahe: { clip: 0.8, tiles: 8 }, gamma: 0.8, unsharp: { amount: 2 } }
const STEPS = [
  { op: 'clahe', version: 1, clip: 0.8, tiles: 8 },
  { op: 'gamma', version: 1, g: 0.8 },
  { op: 'unsharp', version: 1, amount: 2 },
]
const mask = picture({ type: 'file', digest: item('mask').image.digest })
const given: Item[] = [
  item('train/ok/a'),
  item('train/ok/b', { split: 'held_out' }),
  item('test/nok/c', { split: 'test', label: 'nok', mask }),
]

test('adds CLAHE, gamma and unsharp, in this order, to all splits, and leaves masks and sources', () => {
  const { items, diagnostics } = listItems(enhanceClassic, given, ALL)
  expect(diagnostics).toEqual([])
  expect(items).toEqual(given.map((one) => ({ ...one, image: picture(one.image.source, STEPS) })))
})

test('takes the order of the pipeline and not of the spec, and behind what was there', () => {
  const first = { op: 'flip', version: 1, axis: 'horizontal' }
  const flipped = [{ ...given[0], image: picture(given[0].image.source, [first]) }]
  const { items } = listItems(enhanceClassic, flipped, { unsharp: {}, clahe: {} })
  expect(items[0].image).toEqual(picture(given[0].image.source, [first, STEPS[0], STEPS[2]]))
})

test('touches only the splits in apply', () => {
  const { items } = listItems(enhanceClassic, given, { ...ALL, apply: ['test'] })
  expect(items.slice(0, 2)).toEqual(given.slice(0, 2))
  expect(items[2].image.operations).toEqual(STEPS)
})

test('says so where it has nothing to do', () => {
  const { items, diagnostics = [] } = listItems(enhanceClassic, given)
  expect(items.map(({ image }) => image)).toEqual(given.map(({ image }) => image))
  expect(asText(diagnostics)).toBe(
    [
      'warning W228 no step given, so images stay as they are',
      '  help  give clahe, gamma or unsharp, such as gamma: 0.8',
    ].join('\n'),
  )
})

test('the thesis enhances test images alone, with its own values', () => {
  const { clahe, gamma, unsharp, apply } = enhanceClassic.settings.properties
  expect([clahe, gamma, unsharp, apply].map((schema) => (schema as { 'x-thesis'?: unknown })['x-thesis'])).toEqual([
    { clip: 0.8, tiles: 8 },
    0.8,
    { amount: 2 },
    ['test'],
  ])
})

test.each([
  { gamma: 0 },
  { clahe: { clip: 0 } },
  { clahe: { tiles: 0.5 } },
  { apply: [] },
  { apply: ['all'] },
  { blur: 1 },
])('refuses %j', (settings) => {
  expect(() => listItems(enhanceClassic, given, settings)).toThrow('data')
})
