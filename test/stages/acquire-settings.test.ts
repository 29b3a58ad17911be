import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { acquireFolder } from '../../stages/acquire/folder.ts'
import { acquireSynthetic } from '../../stages/acquire/synthetic.ts'
import { augmentPhotometric } from '../../stages/augment/photometric.ts'
import { enhanceClassic } from '../../stages/enhance/classic.ts'
import { splitByPart } from '../../stages/split/by-part.ts'
import { withDefaults } from './image-folder.ts'

const LIST_KINDS = [acquireFolder, acquireSynthetic, splitByPart, enhanceClassic, augmentPhotometric]

interface Described extends TSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Described>>
}

function undescribed(schema: Described, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    ...(inner.description === undefined ? [`${path}${name}`] : []),
    ...undescribed(inner, `${path}${name}.`),
  ])
}

test.each(LIST_KINDS.map((kind) => [kind.kind, kind] as const))('%s describes all its settings', (_, { settings }) => {
  expect(undescribed(settings as TSchema as Described)).toEqual([])
})

test('settings left out have these values', () => {
  expect(withDefaults(acquireFolder, { dir: 'data' })).toEqual({
    dir: 'data',
    labels: {},
    where: {},
    masks: { dir: 'masks', suffix: '', invert: false },
    on_bad: 'fail',
  })
  expect(withDefaults(acquireSynthetic, {})).toEqual({
    train: 24,
    test_good: 12,
    test_defective: 12,
    poses: 2,
    zooms: [0],
    size: 256,
  })
  expect(withDefaults(splitByPart, {})).toEqual({ held_out: 0.2 })
  expect(withDefaults(enhanceClassic, {})).toEqual({ apply: ['train', 'held_out', 'test'] })
  expect(withDefaults(augmentPhotometric, {})).toEqual({ copies: 3, preset: 'thesis', rotate: 'exact' })
})
