import type { Random } from '../../base/random.ts'
import type { Feature } from './feature.ts'
import { SPOKES } from './grille.ts'

/** How often a rib is short-shot instead of absent: the melt stopped on its way. */
const SHORT_SHARE = 0.4

/**
 * The part without some of its steps. Close-up: neighbouring spokes of the grille's inner rings, so cells merge;
 * overview: a boss, a clip, a long rib, or a sector of spokes.
 */
export function leaveOut(features: readonly Feature[], random: Random, closeUp: boolean): Feature[] {
  const lost = new Set(closeUp ? spokes(random, 2, 2) : lostSites(features, random))
  const short = random.next() < SHORT_SHARE ? random.uniform(0.2, 0.4) : 0
  return features.flatMap((feature): Feature[] => {
    if (!lost.has(feature.site)) return [feature]
    const { shape } = feature
    if (short === 0 || shape.kind !== 'bar') return []
    const x1 = shape.x0 + (shape.x1 - shape.x0) * short
    const y1 = shape.y0 + (shape.y1 - shape.y0) * short
    return [{ ...feature, shape: { ...shape, x1, y1 } }]
  })
}

function lostSites(features: readonly Feature[], random: Random): string[] {
  const kind = ['boss', 'clip', 'rib', 'spokes'][random.below(4)]
  if (kind === 'spokes') return spokes(random, 3, 3)
  const sites = [...new Set(features.map(({ site }) => site))].filter((site) => site.startsWith(`${kind} `))
  // Only the first three ribs of a quarter are long enough to be missed from afar.
  const candidates = kind === 'rib' ? sites.filter((site) => /^rib [012]/.test(site)) : sites
  return [candidates[random.below(candidates.length)]]
}

/** Sites of `count` neighbouring spokes, their inner `segments` segments. */
function spokes(random: Random, count: number, segments: number): string[] {
  const first = random.below(SPOKES)
  const sites: string[] = []
  for (let spoke = first; spoke < first + count; spoke++) {
    for (let segment = 0; segment < segments; segment++) sites.push(`spoke ${spoke % SPOKES}.${segment}`)
  }
  return sites
}
