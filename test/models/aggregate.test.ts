import { describe, expect, test } from 'vitest'
import { float32ToFloat16 } from '../../base/float16.ts'
import { seededRandom } from '../../base/random.ts'
import { aggregate, aggregateCells, bandedResample } from '../../models/aggregate.ts'
import oracle from '../oracles/backbone-aggregate.json' with { type: 'json' }

const ROUNDING = 1e-6
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0)

describe.each(oracle.cases)('a $height x $width map over $size px, averaged by $pool', (one) => {
  const { channels, height, width, size, pool } = one
  const grid = Math.floor(size / pool)
  const data = Float32Array.from(one.map)

  test('equals upsampling and pooling by PyTorch', () => {
    const cells = aggregate({ channels, height, width, data }, { grid, size })
    expect(cells.length).toBe(one.cells.length)
    expect(largestDifference(cells, one.cells)).toBeLessThan(ROUNDING)
  })
  test('reads float16 alike', () => {
    const half = { channels, height, width, data: float32ToFloat16(data) }
    expect(largestDifference(aggregate(half, { grid, size }), one.cells)).toBeLessThan(ROUNDING)
  })
  test('gives the same values for single cells, in any order', () => {
    const random = seededRandom('aggregate', size, pool)
    const chosen = Array.from({ length: 9 }, () => random.below(grid * grid))
    for (const source of [data, float32ToFloat16(data)]) {
      const cells = aggregateCells({ channels, height, width, data: source }, { grid, size }, chosen)
      const expected = Array.from({ length: channels }, (_, c) =>
        chosen.map((cell) => one.cells[c * grid * grid + cell]),
      )
      expect(largestDifference(cells, expected.flat())).toBeLessThan(ROUNDING)
    }
  })
})

describe('the matrix of one axis', () => {
  const density = (source: number, size: number, pool: number): string => {
    const { weights, grid } = bandedResample(source, size, pool)
    return (weights.filter((weight) => weight !== 0).length / grid).toFixed(2)
  }
  test('has about three weights a row for the 170 grid of 512', () => {
    expect([256, 128, 64, 32, 16].map((source) => density(source, 512, 3))).toEqual([
      '2.99',
      '2.49',
      '2.24',
      '2.09',
      '2.00',
    ])
  })
  test.each([
    [256, 512, 3, 170],
    [16, 512, 4, 128],
    [32, 256, 8, 32],
  ])('from %i values over %i px by %i has %i rows that sum to 1', (source, size, pool, grid) => {
    const matrix = bandedResample(source, size, pool)
    expect(matrix.grid).toBe(grid)
    for (let g = 0; g < grid; g++) {
      const row = matrix.weights.subarray(g * matrix.width, (g + 1) * matrix.width)
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
      expect(matrix.start[g] + matrix.width).toBeLessThanOrEqual(source)
    }
  })
})

test('a grid that does not divide the size averages floor(size / grid) px and leaves the rest out', () => {
  const ramp = Float32Array.from({ length: 100 }, (_, i) => i % 10) // value = column
  const cells = aggregate({ channels: 1, height: 10, width: 10, data: ramp }, { grid: 4, size: 10 })
  expect([...cells.subarray(0, 4)]).toEqual([0.5, 2.5, 4.5, 6.5])
})

test('an impossible grid is refused', () => {
  const map = { channels: 1, height: 2, width: 2, data: new Float32Array(4) }
  expect(() => aggregate(map, { grid: 9, size: 8 })).toThrow('grid must be a whole number from 1 to 8, found 9')
})
