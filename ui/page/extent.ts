/** Least and greatest of some values; at least one. Not `Math.min(...values)`, which takes no hundred thousand. */
export const extent = (values: readonly number[]): readonly [least: number, greatest: number] => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
]
