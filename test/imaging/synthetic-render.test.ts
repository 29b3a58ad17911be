import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../base/canonical.ts'
import { digestBytes, shortDigest } from '../../base/digest.ts'
import { renderPart } from '../../imaging/synthetic/render.ts'
import { DEFECTS, SYNTHETIC_VERSION, type Scene } from '../../imaging/synthetic/scene.ts'

const scene = (over: Partial<Scene> = {}): Scene => ({
  seed: 'test',
  part: 0,
  zoom: 3,
  pose: 0,
  size: 96,
  defect: 'none',
  ...over,
})
const digestOf = (over: Partial<Scene>): string => {
  const { image, mask } = renderPart(scene(over))
  return `${shortDigest(digestBytes(image.data))} ${shortDigest(digestBytes(mask.data))}`
}
const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length

describe('a scene decides its picture', () => {
  // Other bytes need a higher SYNTHETIC_VERSION: pictures and what was made from them are cached under it.
  test('the bytes of version 1 are pinned', () => {
    expect(SYNTHETIC_VERSION).toBe(1)
    expect([
      digestOf({ zoom: 0 }),
      digestOf({ zoom: 5, pose: 3, part: 7 }),
      digestOf({ zoom: 1, defect: 'scratch' }),
      digestOf({ zoom: 4, defect: 'burn', size: 65 }),
      digestOf({ zoom: 0, defect: 'missing', part: 2 }),
    ]).toEqual([
      'e6abb62b 2d07a41a',
      '27d42344 2d07a41a',
      '8ed4c228 648fcf57',
      '88b64380 67c7f229',
      '98da0096 75812f6a',
    ])
  })

  test('rendering other scenes in between changes nothing', () => {
    const first = renderPart(scene({ defect: 'burn' }))
    renderPart(scene({ part: 9, zoom: 0 }))
    expect(renderPart(scene({ defect: 'burn' }))).toEqual(first)
  })

  test('a scene is plain data that can go into a key', () => {
    expect(canonicalJson(scene())).toBe('{"defect":"none","part":0,"pose":0,"seed":"test","size":96,"zoom":3}')
  })

  test.each<[string, Partial<Scene>]>([
    ['part', { part: 1 }],
    ['pose', { pose: 1 }],
    ['zoom', { zoom: 4 }],
    ['seed', { seed: 'other' }],
  ])('another %s looks different', (_, over) => {
    const [a, b] = [renderPart(scene()), renderPart(scene(over))]
    expect(meanDifference(a.image.data, b.image.data)).toBeGreaterThan(3)
  })

  test('image and mask have the size of the scene', () => {
    const { image, mask } = renderPart(scene({ size: 50 }))
    expect([image.width, image.height, image.channels, image.data.length]).toEqual([50, 50, 3, 7500])
    expect([mask.width, mask.height, mask.channels, mask.data.length]).toEqual([50, 50, 1, 2500])
  })

  test('a zoom or a size that does not exist is refused', () => {
    expect(() => renderPart(scene({ zoom: 6 }))).toThrow('no zoom 6')
    expect(() => renderPart(scene({ size: 15 }))).toThrow('a picture of 15 px is no picture')
  })
})

describe('the picture shows a dark part on a light table', () => {
  test('the corners of the overview are light grey, the hub is dark and carries a highlight', () => {
    const { image } = renderPart(scene({ zoom: 0, size: 256 }))
    const at = (column: number, row: number): number => image.data[3 * (row * 256 + column)]
    const corners = [at(2, 2), at(253, 2), at(2, 253), at(253, 253)]
    expect(Math.min(...corners)).toBeGreaterThan(130)
    expect(Math.max(...corners)).toBeLessThan(225)
    const hub = Array.from({ length: 40 * 40 }, (_, i) => at(108 + (i % 40), 108 + Math.floor(i / 40))).sort(
      (a, b) => a - b,
    )
    expect(hub[hub.length >> 1]).toBeLessThan(100)
    expect(hub[hub.length - 1]).toBeGreaterThan(170)
  })
})

describe('the mask of a defect', () => {
  test('a sound part has an empty mask', () => {
    expect(renderPart(scene()).mask.data.every((value) => value === 0)).toBe(true)
  })

  const cases = DEFECTS.flatMap((defect) => [0, 1, 3, 4, 5].map((zoom) => [defect, zoom] as const))
  test.each(cases)('a %s at zoom %i covers what differs from the sound part', (defect, zoom) => {
    const size = 128
    let idle = 0
    let total = 0
    for (let part = 0; part < 6; part++) {
      const flawed = renderPart(scene({ defect, zoom, part, size }))
      const sound = renderPart(scene({ zoom, part, size }))
      const mask = flawed.mask.data
      const levels = largestDifferences(flawed.image.data, sound.image.data)
      // The lens spreads the edge of a defect by one px; nothing shows further out.
      expect(levels.filter((level, i) => level > 14 && mask[i] === 0 && !touches(mask, i, size))).toEqual([])
      expect(new Set(mask)).toEqual(new Set([0, 255]))
      const area = mask.filter(Boolean).length
      expect(area / size ** 2).toBeGreaterThan(0.001)
      expect(area / size ** 2).toBeLessThan(0.03)
      idle += levels.filter((level, i) => level < 4 && mask[i] === 255).length
      total += area
    }
    // Small gaps inside a defect are closed, no more.
    expect(idle / total).toBeLessThan(0.1)
  })

  test('all zooms of the close-up show the same damage: its share grows with the zoom', () => {
    const share = (zoom: number): number =>
      renderPart(scene({ zoom, size: 128, defect: 'burn' })).mask.data.filter(Boolean).length
    expect(share(4)).toBeGreaterThan(share(3))
    expect(share(5)).toBeGreaterThan(share(4))
  })
})

/** Per px, the largest difference of its channels. */
function largestDifferences(a: Uint8Array, b: Uint8Array): number[] {
  const of = (sample: number): number => Math.abs(a[sample] - b[sample])
  return Array.from({ length: a.length / 3 }, (_, i) => Math.max(of(3 * i), of(3 * i + 1), of(3 * i + 2)))
}

function touches(mask: Uint8Array, i: number, size: number): boolean {
  const near = [-size - 1, -size, -size + 1, -1, 1, size - 1, size, size + 1]
  return near.some((step) => mask[i + step] === 255)
}

describe('brightness gives no defect away', () => {
  interface Grey {
    readonly mean: number
    readonly deviation: number
  }
  const greyOf = (over: Partial<Scene>): Grey => {
    const { data } = renderPart(scene({ ...over, size: 128 })).image
    let sum = 0
    let squares = 0
    for (const value of data) {
      sum += value
      squares += value * value
    }
    const mean = sum / data.length
    return { mean, deviation: Math.sqrt(squares / data.length - mean * mean) }
  }
  /** Share of pairs in which the defective picture scores higher, ties half. */
  const auroc = (bad: number[], good: number[]): number => {
    const wins = bad.flatMap((b) => good.map((g): number => (b > g ? 1 : b === g ? 0.5 : 0)))
    return wins.reduce((sum, win) => sum + win, 0) / wins.length
  }

  test.each([0, 1, 3, 4, 5])('zoom %i: neither mean, nor distance from its middle, nor deviation separates', (zoom) => {
    const good = Array.from({ length: 40 }, (_, part) => greyOf({ zoom, part }))
    const bad = Array.from({ length: 40 }, (_, nth) => greyOf({ zoom, part: 40 + nth, defect: DEFECTS[nth % 3] }))
    const middle = good.reduce((sum, { mean }) => sum + mean, 0) / good.length
    const statistics = [
      ({ mean }: Grey) => mean,
      ({ mean }: Grey) => Math.abs(mean - middle),
      ({ deviation }: Grey) => deviation,
    ]
    for (const statistic of statistics) {
      const area = auroc(bad.map(statistic), good.map(statistic))
      expect(area).toBeGreaterThan(0.3)
      expect(area).toBeLessThan(0.7)
    }
  })

  test('a defect moves the mean by less than a third of the deviation among sound parts', () => {
    const sound = Array.from({ length: 24 }, (_, part) => greyOf({ part }).mean)
    const middle = sound.reduce((sum, mean) => sum + mean, 0) / sound.length
    const spread = Math.sqrt(sound.reduce((sum, mean) => sum + (mean - middle) ** 2, 0) / sound.length)
    const moved = sound.map((mean, part) => Math.abs(greyOf({ part, defect: DEFECTS[part % 3] }).mean - mean))
    expect(Math.max(...moved)).toBeLessThan(spread / 3)
  })
})
