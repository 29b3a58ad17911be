/** Running mean over 2 radius + 1 along the rows of a square, written transposed: two calls blur both axes. */
export function blurTurned(source: Float32Array, side: number, radius: number): Float32Array {
  const target = new Float32Array(side * side)
  const scale = 1 / (2 * radius + 1)
  for (let y = 0; y < side; y++) {
    const row = y * side
    let sum = source[row] * (radius + 1)
    for (let x = 1; x <= radius; x++) sum += source[row + Math.min(side - 1, x)]
    for (let x = 0; x < side; x++) {
      target[x * side + y] = sum * scale
      sum += source[row + Math.min(side - 1, x + radius + 1)] - source[row + Math.max(0, x - radius)]
    }
  }
  return target
}
