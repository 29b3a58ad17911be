import { FINEST, LIGHT_LEVELS, LIGHT_RANGE, LIGHT_SIDE } from './light.ts'

const TO_TABLE = (LIGHT_SIDE - 1) / (2 * LIGHT_RANGE)
const LAST = LIGHT_SIDE - 1.001
const AREA = LIGHT_SIDE * LIGHT_SIDE

/**
 * Radiance that a px mirrors whose surface leans by (slopeX, slopeY) and bends by `bend` (slope) within the px:
 * the more it bends, the wider the part of the light box that it averages.
 */
export function mirrored(light: Float32Array, slopeX: number, slopeY: number, bend: number): number {
  let u = (slopeX + LIGHT_RANGE) * TO_TABLE
  let v = (slopeY + LIGHT_RANGE) * TO_TABLE
  u = u < 0 ? 0 : u > LAST ? LAST : u
  v = v < 0 ? 0 : v > LAST ? LAST : v
  const at = (v | 0) * LIGHT_SIDE + (u | 0)
  const fu = u - (u | 0)
  const fv = v - (v | 0)
  let coarse = FINEST
  let level = 0
  while (bend > coarse && level < LIGHT_LEVELS - 2) {
    level++
    coarse *= 2
  }
  const finer = level === 0 ? 0 : coarse / 2
  const share = bend >= coarse ? 1 : (bend - finer) / (coarse - finer)
  const fine = bilinear(light, level * AREA + at, fu, fv)
  return share < 0.02 ? fine : fine + (bilinear(light, (level + 1) * AREA + at, fu, fv) - fine) * share
}

function bilinear(values: Float32Array, at: number, fu: number, fv: number): number {
  const upper = values[at] + (values[at + 1] - values[at]) * fu
  const lower = values[at + LIGHT_SIDE] + (values[at + LIGHT_SIDE + 1] - values[at + LIGHT_SIDE]) * fu
  return upper + (lower - upper) * fv
}
