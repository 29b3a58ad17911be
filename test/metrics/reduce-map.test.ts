import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { reduceMap } from '../../metrics/reduce.ts'

const grid = (width: number, height: number, value: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)))

describe('reducing an error map', () => {
  const map = grid(4, 3, (x, y) => y * 4 + x) // 0 .. 11

  test.each([
    [0, 1, 11, 1],
    [0, 'max', 11, 1],
    [0, 3, 10, 1],
    [0, 'mean', 5.5, 1],
    [0, 20, 5.5, 1],
    [1, 'max', 6, 1 / 6],
    [1, 2, 5.5, 1 / 6],
  ] as const)('border %i, top %s', (border, topK, score, keptShare) => {
    expect(reduceMap(map, 4, 3, { border, topK })).toEqual({ score, keptShare })
  })

  test('a border of 20 keeps 58 % of the 170 grid and 47 % of the 128 grid', () => {
    const kept = (side: number) =>
      reduceMap(
        grid(side, side, () => 1),
        side,
        side,
        { border: 20, topK: 20 },
      ).keptShare
    expect(kept(170)).toBeCloseTo(0.585, 3)
    expect(kept(128)).toBeCloseTo(0.473, 3)
  })

  test('a border that leaves no cell says how large it may be', () => {
    expect(() => reduceMap(map, 4, 3, { border: 2, topK: 1 })).toThrow(
      'a border of 2 cells leaves nothing of a map of 4 x 3 cells',
    )
    expect(() => reduceMap(Float32Array.of(1, NaN), 2, 1, { border: 0, topK: 1 })).toThrow('not finite')
    expect(() => reduceMap(map, 4, 4, { border: 0, topK: 1 })).toThrow('12 cells is not 4 x 4')
  })

  test('equals sorting the crop, whatever the map, and leaves the map as it was', () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(5),
      fc.integer({ min: 1, max: 40 }),
    )
    fc.assert(
      fc.property(
        shape,
        fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 144, maxLength: 144 }),
        (dims, values) => {
          const [width, height, border, k] = dims
          fc.pre(2 * border < width && 2 * border < height)
          const cells = Float32Array.from(values.slice(0, width * height))
          const before = cells.slice()
          const inside = [...cells].filter((_, i) => {
            const x = i % width
            const y = Math.floor(i / width)
            return x >= border && y >= border && x < width - border && y < height - border
          })
          const top = inside.sort((a, b) => b - a).slice(0, k)
          const expected = top.reduce((sum, v) => sum + v, 0) / top.length
          expect(reduceMap(cells, width, height, { border, topK: k }).score).toBeCloseTo(expected, 10)
          expect(cells).toEqual(before)
        },
      ),
    )
  })

  test('the same cells in another order have the very same score', () => {
    const random = seededRandom('order')
    const cells = grid(31, 17, () => Math.exp(8 * random.normal()))
    const reduction = { border: 0, topK: 400 }
    const { score } = reduceMap(cells, 31, 17, reduction)
    for (let turn = 0; turn < 20; turn++) {
      expect(reduceMap(random.shuffle(cells.slice()), 31, 17, reduction).score).toBe(score)
    }
  })
})
