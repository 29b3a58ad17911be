import { expect, test } from 'vitest'
import { SYNTHETIC_VERSION } from '../../imaging/synthetic/scene.ts'
import { acquireSynthetic } from '../../stages/acquire/synthetic.ts'
import { withDefaults } from './image-folder.ts'
import { scanContext } from './scan-context.ts'

const scan = (settings: object = {}, seed = 7) =>
  acquireSynthetic.scan(withDefaults(acquireSynthetic, settings), scanContext('/', { seed }))

test('plans parts, captures and zooms without a file', async () => {
  const { items, files, diagnostics } = await scan({
    train: 3,
    test_good: 2,
    test_defective: 3,
    poses: 2,
    zooms: [3, 0],
  })
  expect(items).toHaveLength(32)
  expect(files.size).toBe(0)
  expect(diagnostics).toEqual([])
  expect(items.map(({ id }) => id)).toEqual(items.map(({ id }) => id).sort())
  const count = (split: string, label: string): number =>
    items.filter((item) => item.split === split && item.label === label).length
  expect([count('train', 'ok'), count('test', 'ok'), count('test', 'nok')]).toEqual([12, 8, 12])
  expect(items.filter(({ defect, mask }) => (defect === undefined) !== (mask === undefined))).toEqual([])
  expect([...new Set(items.map(({ defect }) => defect))].sort()).toEqual(['burn', 'missing', 'scratch', undefined])
})

test('gives a part to one split, and facts to columns', async () => {
  const { items } = await scan({ zooms: [1] })
  const partsOf = (split: string): Set<string | undefined> =>
    new Set(items.filter((item) => item.split === split).map(({ part }) => part))
  const trained = partsOf('train')
  expect(trained.size).toBe(24)
  expect([...partsOf('test')].filter((part) => trained.has(part))).toEqual([])
  const { view, fields } = items[0]
  expect([view, fields]).toEqual(['zoom_1', { zoom: '1', pose: '0' }])
})

test('a mask is the other layer of the same scene', async () => {
  const { items } = await scan()
  const { image, mask } = items.find((item) => item.mask !== undefined)!
  if (image.source.type !== 'synthetic' || mask?.source.type !== 'synthetic') throw new Error('no scene')
  expect(mask.source).toEqual({ ...image.source, layer: 'mask' })
  expect([image.source.layer, image.source.version]).toEqual(['image', SYNTHETIC_VERSION])
})

test('is the same for one seed, and another one for another', async () => {
  const digests = async (settings: object, seed: number): Promise<Set<string>> =>
    new Set((await scan(settings, seed)).items.map(({ image }) => image.digest))
  const first = await digests({}, 7)
  expect(first.size).toBe(96)
  expect(await digests({}, 7)).toEqual(first)
  const other = await digests({}, 8)
  expect([...other].filter((digest) => first.has(digest))).toEqual([])
})

test.each([{ train: 0 }, { zooms: [] }, { zooms: [6] }, { zooms: [1, 1] }, { size: 15 }, { poses: 0 }, { part: 1 }])(
  'refuses %j',
  (settings) => {
    expect(() => scan(settings)).toThrow('data')
  },
)
