import type { Random } from '../../base/random.ts'
import { blurTurned } from './blur.ts'
import { smoothstep } from './turn.ts'

/** What the plastic mirrors and what falls on it. */
export interface Light {
  /**
   * Radiance over slopes -RANGE .. RANGE, row by row, in LEVELS square tables of growing blur. A slope is the
   * stereographic coordinate of the mirrored direction, so one look-up by (slope x, slope y) serves for all of them.
   */
  readonly mirrored: Float32Array
  /** Irradiance of a level, open surface. */
  readonly fill: number
  /** Slopes of the side from which the diffuse light comes a little stronger. */
  readonly leanX: number
  readonly leanY: number
}

export const LIGHT_RANGE = 1.4
export const LIGHT_SIDE = 160
export const LIGHT_LEVELS = 6
/** Slopes that level n averages over (half width): FINEST * 2^(n - 1); level 0 is sharp. */
export const FINEST = 0.03

/** The light box: reflecting ceiling with a camera opening, two long LED bars, walls, and the table below. */
export function lightBox(random: Random): Light {
  const area = LIGHT_SIDE * LIGHT_SIDE
  const mirrored = new Float32Array(area * LIGHT_LEVELS)
  mirrored.set(sharpBox(random))
  for (let level = 1; level < LIGHT_LEVELS; level++) {
    const radius = Math.round((FINEST * 2 ** (level - 1) * (LIGHT_SIDE - 1)) / (2 * LIGHT_RANGE))
    mirrored.set(
      blurTurned(blurTurned(mirrored.subarray(0, area), LIGHT_SIDE, radius), LIGHT_SIDE, radius),
      level * area,
    )
  }
  return {
    mirrored,
    fill: random.uniform(0.94, 1.06),
    leanX: random.uniform(-0.2, 0.2),
    leanY: random.uniform(-0.2, 0.2),
  }
}

function sharpBox(random: Random): Float32Array {
  const bars = [-1, 1].map((side) => ({
    x: side * random.uniform(0.215, 0.255),
    skew: random.uniform(-0.05, 0.05),
    power: random.uniform(13, 17),
  }))
  const ceiling = random.uniform(0.5, 0.66)
  const slant = random.uniform(-0.5, 0.5)
  const wall = random.uniform(0.34, 0.46)
  const table = new Float32Array(LIGHT_SIDE * LIGHT_SIDE)
  for (let i = 0; i < table.length; i++) {
    const x = slopeAt(i % LIGHT_SIDE)
    const y = slopeAt((i - (i % LIGHT_SIDE)) / LIGHT_SIDE)
    const out = Math.max(Math.abs(x), Math.abs(y))
    const lid = 1 - smoothstep(0.42, 0.47, out)
    const opening = 1 - smoothstep(0.03, 0.06, out < 0.06 ? Math.sqrt(x * x + y * y) : 1)
    // What mirrors sidewards sees the walls first, then its dark neighbours and a little of the table.
    const side = wall * (1 - 0.65 * smoothstep(0.47, 0.9, out))
    let radiance = lid * ceiling * (1 + slant * y) * (1 - 0.75 * opening) + (1 - lid) * side
    for (const bar of bars) {
      const across = Math.abs(x - bar.x - bar.skew * y)
      if (across > 0.17 || out > 0.5) continue
      // The diffuser is brightest along its middle; a halo on the reflecting foil goes with it.
      const along = 1 - smoothstep(0.34, 0.41, Math.abs(y))
      radiance += bar.power * along * (1 - smoothstep(0.008, 0.032, across))
      radiance += bar.power * (1 - smoothstep(0.3, 0.5, Math.abs(y))) * 0.07 * (1 - smoothstep(0.02, 0.17, across))
    }
    table[i] = radiance
  }
  return table
}

const slopeAt = (index: number): number => (index / (LIGHT_SIDE - 1)) * 2 * LIGHT_RANGE - LIGHT_RANGE
