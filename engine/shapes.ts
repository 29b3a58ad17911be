export type Shape = readonly number[]

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1)
export const sameNumbers = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i])
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** NumPy's rule: shapes aligned at their last dimension, 1 stretches. */
export function broadcastShapes(shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return range(rank).map((i) => {
    let size = 1
    for (const shape of shapes) {
      const n = shape[i - rank + shape.length] ?? 1
      if (n === size || n === 1) continue
      if (size !== 1) throw new Error(`shapes do not broadcast: ${shapes.map((s) => `[${s.join()}]`).join(' ')}`)
      size = n
    }
    return size
  })
}

export const padRank = (shape: Shape, rank: number): number[] => [
  ...Array<number>(rank - shape.length).fill(1),
  ...shape,
]
export const invert = (permutation: Shape): number[] => range(permutation.length).map((i) => permutation.indexOf(i))
export const permute = (shape: Shape, permutation: Shape): number[] => permutation.map((axis) => shape[axis])

/** Axes as a sorted list without negatives; undefined means all. */
export function axesOf(axis: number | readonly number[] | null | undefined, rank: number): number[] {
  if (axis === undefined || axis === null) return range(rank)
  const list = typeof axis === 'number' ? [axis] : axis
  return [...new Set(list.map((a) => (a < 0 ? a + rank : a)))].sort((a, b) => a - b)
}
