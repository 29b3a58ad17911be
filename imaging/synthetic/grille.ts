import type { Feature } from './feature.ts'
import { disc, type Shape } from './shape.ts'
import { cosine, sine } from './turn.ts'

export const HUB_RADIUS = 0.235
export const GRILLE_RADIUS = 0.48
export const SPOKES = 28
/** Radii of the grille's rings, from the hub outwards; a spoke has one segment between two of them. */
const RINGS = [0.255, 0.335, 0.41, 0.485] as const

/** The round opening with its cloth, the domed glossy hub in the middle, spokes and rings between. */
export function grille(wander: () => number): Feature[] {
  const steps: Feature[] = [
    { site: 'grille', shape: disc(0, 0, GRILLE_RADIUS), mode: 'cut', level: -0.12, fillet: 0.012, shows: 'screen' },
    { site: 'hub', shape: disc(0, 0, HUB_RADIUS + 0.025), mode: 'raise', level: -0.01, fillet: 0.02 },
    { site: 'hub', shape: disc(0, 0, HUB_RADIUS), mode: 'emboss', level: 0.042, fillet: HUB_RADIUS },
    { site: 'hub', shape: disc(0, 0, HUB_RADIUS - 0.005, 0.012), mode: 'emboss', level: 0.012, fillet: 0.012 },
    { site: 'hub', shape: disc(0, 0, 0.03), mode: 'cut', level: 0.012, fillet: 0.022 },
  ]
  for (let spoke = 0; spoke < SPOKES; spoke++) {
    const angle = (2 * Math.PI * spoke) / SPOKES + wander()
    const x = cosine(angle)
    const y = sine(angle)
    for (let segment = 0; segment + 1 < RINGS.length; segment++) {
      const [from, to] = [RINGS[segment], RINGS[segment + 1]]
      const shape: Shape = { kind: 'bar', x0: x * from, y0: y * from, x1: x * to, y1: y * to, radius: 0.0105 }
      steps.push({ site: `spoke ${spoke}.${segment}`, shape, mode: 'raise', level: -0.02, fillet: 0.0105 })
    }
  }
  for (const radius of RINGS.slice(1, -1)) {
    steps.push({ site: 'grille', shape: disc(0, 0, radius, 0.01), mode: 'raise', level: -0.018, fillet: 0.01 })
  }
  return steps
}
