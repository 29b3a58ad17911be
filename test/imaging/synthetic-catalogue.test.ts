import { describe, expect, test } from 'vitest'
import { planParts } from '../../imaging/synthetic/catalogue.ts'

const plan = planParts({ seed: 's', size: 64, zooms: [3, 4], train: 5, testGood: 2, testDefective: 6, poses: 3 })
const parts = (split: string): Set<string> =>
  new Set(plan.filter((item) => item.split === split).map(({ part }) => part))

describe('a planned set', () => {
  test('has every part in every pose at every zoom', () => {
    expect(plan.length).toBe((5 + 2 + 6) * 3 * 2)
    expect(new Set(plan.map(({ id }) => id)).size).toBe(plan.length)
    expect(plan.filter(({ split }) => split === 'train').length).toBe(30)
  })

  test('shares no part between train and test', () => {
    expect([...parts('train')].filter((part) => parts('test').has(part))).toEqual([])
    expect([parts('train').size, parts('test').size]).toEqual([5, 8])
  })

  test('trains on sound parts alone and represents every defect type evenly', () => {
    expect(plan.filter(({ split, label }) => split === 'train' && label === 'nok')).toEqual([])
    const counts = ['scratch', 'burn', 'missing'].map((type) => plan.filter(({ defect }) => defect === type).length)
    expect(counts).toEqual([12, 12, 12])
    expect(
      plan
        .filter(({ label }) => label === 'ok')
        .every(({ defect, mask }) => defect === undefined && mask === undefined),
    ).toBe(true)
  })

  test('names files as the layout train/ok, test/ok, test/nok, masks/nok wants them', () => {
    expect(plan[0]).toEqual({
      scene: { seed: 's', part: 0, zoom: 3, pose: 0, size: 64, defect: 'none' },
      id: 'train/ok/zoom_3_000000.png',
      split: 'train',
      label: 'ok',
      part: 'part_000000',
      view: 'zoom_3',
    })
    expect(plan.find(({ split }) => split === 'test')?.id).toBe('test/ok/zoom_3_000015.png')
    expect(plan.at(-1)).toEqual({
      scene: { seed: 's', part: 12, zoom: 4, pose: 2, size: 64, defect: 'missing' },
      id: 'test/nok/zoom_4_000038.png',
      mask: 'masks/nok/zoom_4_000038.png',
      split: 'test',
      label: 'nok',
      part: 'part_000012',
      view: 'zoom_4',
      defect: 'missing',
    })
  })

  test('gives one capture one number at all zooms', () => {
    const [first, second] = plan
    expect(second.id).toBe('train/ok/zoom_4_000000.png')
    expect({ ...second.scene, zoom: first.scene.zoom }).toEqual(first.scene)
  })
})
