import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { symmetricEigen } from '../../engine/symmetric-eigen.ts'

function gram(n: number, rank: number): Float64Array {
  const random = seededRandom('gram', n, rank)
  const factor = Float64Array.from({ length: n * rank }, () => random.normal())
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < rank; k++) sum += factor[i * rank + k] * factor[j * rank + k]
      out[i * n + j] = sum
    }
  return out
}

function expectDecomposition(matrix: Float64Array, n: number): void {
  const { values, vectors } = symmetricEigen(matrix, n)
  const scale = Math.max(1, ...values.map(Math.abs))
  for (let k = 0; k < n; k++) {
    if (k > 0) expect(values[k - 1]).toBeGreaterThanOrEqual(values[k])
    let peak = 0
    for (let i = 0; i < n; i++) {
      let product = 0
      let overlap = 0
      for (let j = 0; j < n; j++) {
        product += matrix[i * n + j] * vectors[j * n + k]
        overlap += vectors[j * n + i] * vectors[j * n + k]
      }
      expect(Math.abs(product - values[k] * vectors[i * n + k])).toBeLessThan(1e-12 * n * scale)
      expect(Math.abs(overlap - (i === k ? 1 : 0))).toBeLessThan(1e-12 * n)
      if (Math.abs(vectors[i * n + k]) > Math.abs(vectors[peak * n + k])) peak = i
    }
    expect(vectors[peak * n + k]).toBeGreaterThan(0)
  }
}

describe('symmetric eigen-decomposition', () => {
  test('of a 2 x 2 matrix is the known one', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2)
    expect(values[0]).toBeCloseTo(3, 14)
    expect(values[1]).toBeCloseTo(1, 14)
    expect(vectors[0]).toBeCloseTo(Math.SQRT1_2, 14)
    expect(vectors[2]).toBeCloseTo(Math.SQRT1_2, 14)
  })

  test.each([
    ['one number', 1, Float64Array.of(-4)],
    ['full rank', 60, gram(60, 80)],
    ['low rank, many equal values', 50, gram(50, 3)],
    ['the identity', 12, Float64Array.from({ length: 144 }, (_, i) => (i % 13 === 0 ? 1 : 0))],
    ['zero', 5, new Float64Array(25)],
    ['already tridiagonal', 4, Float64Array.of(1, 2, 0, 0, 2, -1, 3, 0, 0, 3, 4, 1, 0, 0, 1, 0)],
  ])('of %s reproduces the matrix with orthonormal vectors, largest value first', (_, n, matrix) =>
    expectDecomposition(matrix, n),
  )

  test('gives the same bytes every time and leaves its input alone', () => {
    const matrix = gram(40, 50)
    const copy = matrix.slice()
    expect(symmetricEigen(matrix, 40)).toEqual(symmetricEigen(matrix, 40))
    expect(matrix).toEqual(copy)
  })

  test('refuses what is not finite or not square', () => {
    expect(() => symmetricEigen(Float64Array.of(1, 2, 3), 2)).toThrow('matrix holds 3 values, expected 2 x 2')
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow('matrix entry (1, 0) is not finite')
  })
})
