/** Sine and cosine from additions and products alone: engines differ in the last bits of Math.sin, pictures must not. */
export const cosine = (angle: number): number => sine(angle + Math.PI / 2)

/** Taylor series to x^15 after folding into +-pi/2; error below 1e-11. */
export function sine(angle: number): number {
  const half = Math.round(angle / Math.PI)
  const x = angle - half * Math.PI
  const square = x * x
  let sum = 0
  for (let n = 15; n >= 3; n -= 2) sum = (-square / (n * (n - 1))) * (1 + sum)
  return (half % 2 === 0 ? 1 : -1) * x * (1 + sum)
}

export const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** 0 below `low`, 1 above `high`, a cubic without kinks between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}
