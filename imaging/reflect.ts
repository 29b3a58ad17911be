/** Index inside 0..length-1 of a place outside: the border px is the mirror and is not repeated (reflect-101). */
export function reflect101(index: number, length: number): number {
  if (length === 1) return 0
  let i = index
  while (i < 0 || i >= length) i = i < 0 ? -i : 2 * length - 2 - i
  return i
}
