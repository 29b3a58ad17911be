import { describe, expect, test } from 'vitest'
import { insideBorder, type MapGeometry, resampleMap } from '../../stages/evaluate/resample-map.ts'

const TWO: MapGeometry = { grid: 2, size: 4, cell: 2, geometry: 'exact', fit: 'stretch' }

describe('an error map at the size of an image', () => {
  test('is bilinear with half-pixel centres', () => {
    const map = Float32Array.from([0, 4, 0, 4])
    expect([...resampleMap(map, TWO, { width: 4, height: 1 })]).toEqual([0, 1, 3, 4])
    expect(resampleMap(map, { ...TWO, geometry: 'stretch' }, { width: 8, height: 8 })).toEqual(
      resampleMap(map, TWO, { width: 8, height: 8 }),
    )
  })

  test('repeats the last cell over what whole cells leave of the working image, or is stretched over it', () => {
    const map = Float32Array.from([1, 5, 1, 5])
    const short: MapGeometry = { grid: 2, size: 8, cell: 3, geometry: 'exact', fit: 'stretch' }
    const row = [...resampleMap(map, short, { width: 8, height: 1 })]
    expect(row.slice(0, 2)).toEqual([1, 1])
    expect(row[2]).toBeCloseTo(1 + 4 / 3, 5)
    expect(row[3]).toBeCloseTo(1 + 8 / 3, 5)
    expect(row.slice(4)).toEqual([5, 5, 5, 5])
    expect([...resampleMap(map, { ...short, geometry: 'stretch' }, { width: 8, height: 1 })]).toEqual([
      1, 1, 1.5, 2.5, 3.5, 4.5, 5, 5,
    ])
  })

  test('leaves out the bars of a letterboxed image', () => {
    const bars: MapGeometry = { grid: 4, size: 4, cell: 1, geometry: 'exact', fit: 'letterbox' }
    const map = Float32Array.from([9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9])
    expect([...resampleMap(map, bars, { width: 4, height: 2 })]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const square = resampleMap(map, bars, { width: 4, height: 4 }, { width: 4, height: 2 })
    expect([...square.slice(0, 4), ...square.slice(12)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const upright = Float32Array.from([9, 1, 2, 9, 9, 3, 4, 9, 9, 5, 6, 9, 9, 7, 8, 9])
    expect([...resampleMap(upright, bars, { width: 2, height: 4 })]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})

describe('the inside of a border of cells', () => {
  test('is a rectangle of the px whose cells it keeps', () => {
    const thesis: MapGeometry = { grid: 170, size: 512, cell: 3, geometry: 'exact', fit: 'stretch' }
    expect(insideBorder(thesis, 20, { width: 512, height: 512 })).toEqual({
      left: 60,
      top: 60,
      right: 450,
      bottom: 450,
    })
    expect(insideBorder(thesis, 20, { width: 1024, height: 512 })).toEqual({
      left: 120,
      top: 60,
      right: 900,
      bottom: 450,
    })
    expect(insideBorder(thesis, 0, { width: 512, height: 512 })).toEqual({ left: 0, top: 0, right: 512, bottom: 512 })
    expect(insideBorder({ ...thesis, geometry: 'stretch' }, 20, { width: 512, height: 512 })).toEqual({
      left: 60,
      top: 60,
      right: 452,
      bottom: 452,
    })
  })

  test('counts from the bars of a letterboxed image', () => {
    const bars: MapGeometry = { grid: 4, size: 4, cell: 1, geometry: 'exact', fit: 'letterbox' }
    expect(insideBorder(bars, 1, { width: 4, height: 2 })).toEqual({ left: 1, top: 0, right: 3, bottom: 2 })
  })
})
