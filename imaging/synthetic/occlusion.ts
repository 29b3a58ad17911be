import { blurTurned } from './blur.ts'
import type { View } from './view.ts'

/** Radius over which a px looks round for higher ground, and how much light a step of one part unit takes. */
const RADIUS = 0.05
const STRENGTH = 6.5
/** What the deepest hole still gets. */
const FLOOR = 0.22
/** Coarse samples per radius: the surroundings are blurred on a coarse grid. */
const SAMPLES = 5

/** Openness of every px to the light, 0.22 .. 1: it darkens what lies lower than its blurred surroundings. */
export function openness(height: Float32Array, view: View): Float32Array {
  const { size } = view
  const step = Math.max(1, Math.floor(RADIUS / view.px / SAMPLES))
  const side = Math.ceil(size / step)
  const around = surroundings(height, view, step, side)
  const open = new Float32Array(size * size)
  for (let row = 0, i = 0; row < size; row++) {
    const v = Math.min(side - 1.001, Math.max(0, (row + 0.5) / step - 0.5))
    const fv = v - Math.floor(v)
    for (let column = 0; column < size; column++, i++) {
      const u = Math.min(side - 1.001, Math.max(0, (column + 0.5) / step - 0.5))
      const fu = u - Math.floor(u)
      const at = Math.floor(v) * side + Math.floor(u)
      const upper = around[at] + (around[at + 1] - around[at]) * fu
      const lower = around[at + side] + (around[at + side + 1] - around[at + side]) * fu
      const lack = (upper + (lower - upper) * fv - height[i]) * STRENGTH
      open[i] = lack <= 0 ? 1 : lack >= 1 - FLOOR ? FLOOR : 1 - lack
    }
  }
  return open
}

/** Blurred heights on a grid of side x side: every step-th px, two running means per axis. */
function surroundings(height: Float32Array, { size, px }: View, step: number, side: number): Float32Array {
  let coarse: Float32Array = new Float32Array(side * side)
  const pick = (index: number): number => Math.min(size - 1, index * step + (step >> 1))
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) coarse[y * side + x] = height[pick(y) * size + pick(x)]
  }
  const radius = Math.max(1, Math.round(RADIUS / (px * step)))
  for (let pass = 0; pass < 4; pass++) coarse = blurTurned(coarse, side, radius)
  return coarse
}
