import { describe, expect, test } from 'vitest'
import { rasterOf } from '../../imaging/raster.ts'
import { fitInto, placeInto, resize, type ResizeFilter } from '../../imaging/resize.ts'
import { digestOf, pattern, readOracle } from './pattern.ts'

type Case = [number, number, 1 | 3, number, number, ResizeFilter, string]
const { cases } = readOracle('resize.json') as { cases: Case[] }

describe('resize', () => {
  for (const filter of ['bilinear', 'bicubic', 'nearest'] as const) {
    const own = cases.filter((entry) => entry[5] === filter)
    test(`${filter} is bit-identical to Pillow over ${own.length} sizes`, () => {
      const wrong = own.filter(([w, h, channels, toW, toH, , digest]) => {
        const out = resize(pattern(w, h, channels), toW, toH, filter)
        return digestOf(out.data) !== digest || out.width !== toW || out.height !== toH
      })
      expect(own.length).toBe(156)
      expect(wrong).toEqual([])
    })
  }

  test('the same size gives the same px', () => {
    const image = pattern(9, 4, 3)
    expect(resize(image, 9, 4, 'bilinear').data).toEqual(image.data)
  })
})

describe('fitInto', () => {
  test('letterbox keeps the aspect and centres with black', () => {
    const image = rasterOf(new Uint8Array(8).fill(200), 4, 2, 1)
    expect(placeInto(image, 4, 4, 'letterbox')).toEqual({ x: 0, y: 1, width: 4, height: 2 })
    expect([...fitInto(image, 4, 4, 'letterbox', 'bilinear').data]).toEqual([
      0, 0, 0, 0, 200, 200, 200, 200, 200, 200, 200, 200, 0, 0, 0, 0,
    ])
  })

  test('stretch fills the working size', () => {
    const image = rasterOf(new Uint8Array(8).fill(200), 4, 2, 1)
    expect([...fitInto(image, 3, 3, 'stretch', 'bicubic').data]).toEqual(new Array(9).fill(200))
  })
})
