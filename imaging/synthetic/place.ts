import type { Random } from '../../base/random.ts'
import { GRILLE_RADIUS, HUB_RADIUS } from './grille.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Plain plastic that damage can show on: the hub alone in the close-up, elsewhere the plate without the grille as well. */
function onPlastic({ x, y }: Point, closeUp: boolean): boolean {
  const radius = Math.sqrt(x * x + y * y)
  if (closeUp) return radius < HUB_RADIUS - 0.02
  if (radius > HUB_RADIUS && radius < GRILLE_RADIUS + 0.02) return false
  return Math.abs(x) < 0.88 && Math.abs(y) < 0.64
}

const TRIES = 60

/** Draws until all `points` of a candidate lie on plastic; after 60 tries the candidate that came nearest to it. */
export function drawOnPlastic<T extends readonly Point[]>(closeUp: boolean, draw: () => T): T {
  const share = (points: T): number => points.filter((point) => onPlastic(point, closeUp)).length / points.length
  let best = draw()
  for (let tries = 1; tries < TRIES && share(best) < 1; tries++) {
    const next = draw()
    if (share(next) > share(best)) best = next
  }
  return best
}

/** A point in the square in which `onPlastic` can hold. */
export function anywhere(random: Random, closeUp: boolean): Point {
  const reach = closeUp ? HUB_RADIUS : 0.88
  return { x: random.uniform(-reach, reach), y: random.uniform(-reach, reach) }
}
