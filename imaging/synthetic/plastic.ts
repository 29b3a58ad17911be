import { seededRandom } from '../../base/random.ts'
import { type Grain, grainOf } from './grain.ts'
import type { Scene } from './scene.ts'

/** Materials of one part on its table, linear RGB. */
export interface Materials {
  readonly plastic: readonly [number, number, number]
  readonly cloth: readonly [number, number, number]
  readonly table: readonly [number, number, number]
  readonly gloss: number
  /** Slopes of the slow waviness and of the orange peel, and their patterns. */
  readonly waviness: number
  readonly roughness: number
  readonly wave: Grain
  readonly peel: Grain
}

/** Scorched plastic is brown and dull; a scratch is whitened plastic. */
export const SCORCHED = [0.078, 0.047, 0.027] as const
export const WHITENED = [0.3, 0.3, 0.3] as const

export function materialsOf({ seed, part }: Scene): Materials {
  const random = seededRandom(seed, 'synthetic/material', part)
  const dark = random.uniform(0.024, 0.032)
  const cloth = random.uniform(0.17, 0.21)
  const table = random.uniform(0.56, 0.64)
  return {
    plastic: [dark, dark * 1.02, dark * 1.1],
    cloth: [cloth, cloth * 1.0, cloth * 0.9],
    table: [table * 1.01, table, table * 0.98],
    gloss: random.uniform(0.92, 1.04),
    waviness: random.uniform(0.01, 0.02),
    roughness: random.uniform(0.002, 0.004),
    wave: grainOf(random),
    peel: grainOf(random),
  }
}
