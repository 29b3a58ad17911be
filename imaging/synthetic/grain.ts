import type { Random } from '../../base/random.ts'

const SIDE = 64
const STRIDE = SIDE + 1

/** A periodic 64 x 64 lattice of random values in -1 .. 1: waviness of the mould, orange peel, edge of a burn. */
export type Grain = Float32Array

export function grainOf(random: Random): Grain {
  const grain = new Float32Array(STRIDE * STRIDE)
  for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) grain[y * STRIDE + x] = random.uniform(-1, 1)
  // The last row and column repeat the first, so that no cell has to wrap.
  for (let y = 0; y < SIDE; y++) grain[y * STRIDE + SIDE] = grain[y * STRIDE]
  grain.copyWithin(SIDE * STRIDE, 0, STRIDE)
  return grain
}

/** Value at lattice coordinates, linear between lattice points. */
export function grainAt(grain: Grain, u: number, v: number): number {
  const column = Math.floor(u)
  const row = Math.floor(v)
  const at = (row & (SIDE - 1)) * STRIDE + (column & (SIDE - 1))
  const fu = u - column
  const upper = grain[at] + (grain[at + 1] - grain[at]) * fu
  const lower = grain[at + STRIDE] + (grain[at + STRIDE + 1] - grain[at + STRIDE]) * fu
  return upper + (lower - upper) * (v - row)
}
