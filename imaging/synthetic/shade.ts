import { grainAt } from './grain.ts'
import type { Light } from './light.ts'
import { mirrored } from './mirror.ts'
import { type Materials, SCORCHED, WHITENED } from './plastic.ts'
import type { Surface } from './surface.ts'
import type { View } from './view.ts'

/** Reflectance of plastic at normal incidence (index of refraction 1.5 gives 0.04). */
const F0 = 0.042
/** How fast the mirrored direction turns from the optical axis outwards, and over the part's slightly crowned plate. */
const PERSPECTIVE = 0.13
const CROWN = 0.1
/** Lattice points per part unit. */
const WAVE_SCALE = 7
const PEEL_SCALE = 90
const FIBRE_SCALE = 45
const THREADS = 62

interface Shading {
  readonly surface: Surface
  /** Openness to the light, see occlusion.ts. */
  readonly open: Float32Array
  readonly view: View
  readonly light: Light
  readonly materials: Materials
}

/**
 * Linear RGB radiance (about 0 .. 1, highlights above) into `target` for every px that `wanted` names (all without it):
 * Lambert plus a mirror with Schlick's Fresnel term over the table, the plastic, its cloth and its damage.
 */
export function shade(
  { surface, open, view, light, materials }: Shading,
  target: Float32Array,
  wanted?: Uint8Array,
): void {
  const { size, px, columnX, columnY } = view
  const { height, body, screen, burn, scratch } = surface
  const { plastic, cloth, table, wave, peel, waviness } = materials
  const roughness = materials.roughness * Math.min(1, 0.7 / (PEEL_SCALE * px))
  const weave = Math.min(1, Math.max(0, 1.6 - THREADS * px * 3))
  const middle = (size - 1) / 2
  const crown = CROWN / px
  for (let row = 0, i = 0; row < size; row++) {
    const above = row > 0 ? -size : 0
    const below = row + 1 < size ? size : 0
    const stepY = 1 / ((row > 0 && row + 1 < size ? 2 : 1) * px)
    const rowX = view.originX - row * columnY
    const rowY = view.originY + row * columnX
    const lensY = (row - middle) * px * PERSPECTIVE
    for (let column = 0; column < size; column++, i++) {
      if (wanted !== undefined && wanted[i] === 0) continue
      const x = rowX + column * columnX
      const y = rowY + column * columnY
      const west = height[column > 0 ? i - 1 : i]
      const east = height[column + 1 < size ? i + 1 : i]
      const north = height[i + above]
      const south = height[i + below]
      const slopeX = ((east - west) * (column > 0 && column + 1 < size ? 0.5 : 1)) / px
      const slopeY = (south - north) * stepY
      const facing = 1 / Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY)
      const fall = light.fill * open[i] * facing * (1 - (light.leanX * slopeX + light.leanY * slopeY) * facing)
      const share = body[i]
      const o = 3 * i
      const tableFall =
        share < 1 ? (1 - share) * fall * (1 + 0.02 * grainAt(peel, x * FIBRE_SCALE, y * FIBRE_SCALE)) : 0
      let red = table[0] * tableFall
      let green = table[1] * tableFall
      let blue = table[2] * tableFall
      if (share > 0) {
        const clothShare = screen[i]
        const solid = share * (1 - clothShare)
        if (solid > 0) {
          const rough = roughness * grainAt(peel, x * PEEL_SCALE, y * PEEL_SCALE)
          const waveX = waviness * grainAt(wave, x * WAVE_SCALE, y * WAVE_SCALE) + rough
          const waveY = waviness * grainAt(wave, y * WAVE_SCALE + 17.3, x * WAVE_SCALE + 5.1) - rough
          const bendX = Math.abs(east + west - 2 * height[i])
          const bendY = Math.abs(south + north - 2 * height[i])
          const seen = mirrored(
            light.mirrored,
            waveX - slopeX + crown * (x * columnX + y * columnY) + (column - middle) * px * PERSPECTIVE,
            waveY - slopeY + crown * (y * columnX - x * columnY) + lensY,
            (1.5 * (bendX > bendY ? bendX : bendY)) / px,
          )
          const graze = 1 - facing
          const fresnel = F0 + 0.5 * graze * graze * graze * graze * graze
          const scorched = burn[i]
          const whitened = scratch[i]
          const shine =
            solid * fresnel * materials.gloss * seen * open[i] * (1 - 0.93 * scorched) * (1 - 0.7 * whitened)
          const diffuse = solid * fall
          const sound = (1 - scorched) * (1 - whitened)
          const brown = scorched * (1 - whitened)
          red += shine + diffuse * (plastic[0] * sound + SCORCHED[0] * brown + WHITENED[0] * whitened)
          green += shine + diffuse * (plastic[1] * sound + SCORCHED[1] * brown + WHITENED[1] * whitened)
          blue += shine + diffuse * (plastic[2] * sound + SCORCHED[2] * brown + WHITENED[2] * whitened)
        }
        if (clothShare > 0) {
          const lit = share * clothShare * fall * (weave > 0 ? 1 - weave * (1 - thread(x) * thread(y)) : 1)
          red += cloth[0] * lit
          green += cloth[1] * lit
          blue += cloth[2] * lit
        }
      }
      target[o] = red
      target[o + 1] = green
      target[o + 2] = blue
    }
  }
}

/** Brightness of the cloth across its threads: 1 on a thread, 0.55 between two. */
function thread(along: number): number {
  const at = along * THREADS - Math.floor(along * THREADS) - 0.5
  return 1 - 1.8 * at * at
}
