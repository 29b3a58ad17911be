import { describe, expect, test } from 'vitest'
import {
  colourAt,
  expandCells,
  outline,
  overlay,
  renderHeatMap,
  upsampleBilinear,
  upsampleCells,
} from '../../imaging/colour-map.ts'
import { labelComponents } from '../../imaging/components.ts'
import { rasterOf } from '../../imaging/raster.ts'
import { gradientMagnitude, greyStats } from '../../imaging/stats.ts'
import { digestOf, pattern, readOracle } from './pattern.ts'

const oracle = readOracle('maps.json') as {
  components: [number, number, number, number, number[] | null, string][]
  upsampled: [number, number, number, number, number, number[]][]
  stats: { mean: number; deviation: number; pillowMean: number; gradient: number[] }
}

describe('labelComponents', () => {
  for (const [width, height, threshold, count, areas, digest] of oracle.components) {
    test(`${count} components of ${width} x ${height} as scikit-image numbers them`, () => {
      const mask = pattern(width, height, 1).data.map((value) => (value > threshold ? 255 : 0))
      const found = labelComponents(mask, width, height)
      expect(found.count).toBe(count)
      if (areas !== null) expect([...found.areas]).toEqual(areas)
      expect(digestOf(new Uint8Array(found.labels.buffer))).toBe(digest)
    })
  }

  test('px that touch at a corner are one component', () => {
    const found = labelComponents([1, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3)
    expect(found.count).toBe(1)
    expect([...found.areas]).toEqual([7, 2])
  })
})

describe('upsampling', () => {
  for (const [width, height, toWidth, toHeight, step, values] of oracle.upsampled) {
    test(`${width} x ${height} to ${toWidth} x ${toHeight} as PyTorch does`, () => {
      const map = Float32Array.from(pattern(width, height, 1).data, (value) => value / 255)
      const out = upsampleBilinear(map, width, height, toWidth, toHeight)
      expect(out.length).toBe(toWidth * toHeight)
      values.forEach((value, i) => expect(out[i * step]).toBeCloseTo(value, 5))
    })
  }

  const geometry = { columns: 2, rows: 1, cell: 3, workingWidth: 8, workingHeight: 3 }
  test('cells as blocks: the px left over repeat the last cell', () => {
    const row = [1, 1, 1, 5, 5, 5, 5, 5]
    expect([...expandCells(Float32Array.of(1, 5), geometry)]).toEqual([...row, ...row, ...row])
  })

  test('cells keep their centres where the grid leaves px over, stretching moves them', () => {
    const map = Float32Array.of(1, 5)
    const exact = upsampleCells(map, geometry, 8, 3)
    expect([exact[1], exact[4], exact[7]]).toEqual([1, 5, 5])
    const stretched = upsampleBilinear(map, 2, 1, 8, 3)
    expect([stretched[1], stretched[4], stretched[7]]).toEqual([1, 3.5, 5])
  })

  test('a grid that covers the image has the same geometry both ways', () => {
    const map = Float32Array.from(pattern(4, 4, 1).data)
    const whole = { columns: 4, rows: 4, cell: 8, workingWidth: 32, workingHeight: 32 }
    expect(upsampleCells(map, whole, 50, 60)).toEqual(upsampleBilinear(map, 4, 4, 50, 60))
  })
})

describe('colours', () => {
  test('inferno runs from black over red to pale yellow', () => {
    expect([colourAt(0), colourAt(128), colourAt(255)]).toEqual([
      [0, 0, 4],
      [188, 55, 84],
      [252, 255, 164],
    ])
  })

  test('the scale is fixed: what lies outside takes its ends', () => {
    const heat = renderHeatMap(Float32Array.of(-1, 0, 2, 9, NaN), 5, 1, { low: 0, high: 2 })
    expect([...heat.data]).toEqual([0, 0, 4, 0, 0, 4, 252, 255, 164, 252, 255, 164, 0, 0, 4])
  })

  test('an overlay mixes by alpha and takes grey images', () => {
    const heat = rasterOf(Uint8Array.of(200, 100, 0), 1, 1, 3)
    const image = rasterOf(Uint8Array.of(100), 1, 1, 1)
    expect([...overlay(image, heat, 0.4).data]).toEqual([140, 100, 60])
    expect(() => overlay(rasterOf(new Uint8Array(2), 2, 1, 1), heat, 0.4)).toThrow('1 x 1 px do not lie over 2 x 1')
  })

  test('the outline is the rim of a mask', () => {
    const mask = new Uint8Array(25)
    for (const i of [6, 7, 8, 11, 12, 13, 16, 17, 18]) mask[i] = 255
    const rim = [...outline(rasterOf(mask, 5, 5, 1)).data].map((value) => (value === 255 ? 1 : 0))
    expect(rim.join('')).toBe('0000001110010100111000000')
  })
})

describe('grey statistics', () => {
  const image = pattern(23, 17, 3)

  test('mean and deviation of the luma, within 0.1 of the mean that Pillow rounds', () => {
    const { mean, deviation } = greyStats(image)
    expect(mean).toBeCloseTo(oracle.stats.mean, 4)
    expect(deviation).toBeCloseTo(oracle.stats.deviation, 4)
    expect(Math.abs(mean - oracle.stats.pillowMean)).toBeLessThan(0.1)
  })

  test('the gradient is the Sobel of SciPy', () => {
    const gradient = gradientMagnitude(image)
    oracle.stats.gradient.forEach((value, i) => expect(gradient[i]).toBeCloseTo(value, 2))
  })
})
