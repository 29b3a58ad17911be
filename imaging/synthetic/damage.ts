import { seededRandom } from '../../base/random.ts'
import { burnSpot } from './burn.ts'
import { leaveOut } from './missing.ts'
import type { Materials } from './plastic.ts'
import type { Feature } from './feature.ts'
import { isCloseUp, type Scene } from './scene.ts'
import { scratchAlong } from './scratch.ts'
import { remould, type Surface } from './surface.ts'
import type { View } from './view.ts'

export interface Part {
  readonly features: readonly Feature[]
  readonly surface: Surface
  readonly materials: Materials
}

/**
 * The surface of a part with the scene's defect; `part` stays as it is. Where the damage sits and how it looks depends on
 * (seed, part, defect) and on whether overview or close-up looks, so all poses and zooms of one set show the same damage.
 */
export function damagedSurface(scene: Scene, { features, surface, materials }: Part, view: View): Surface {
  const closeUp = isCloseUp(scene.zoom)
  const random = seededRandom(scene.seed, 'synthetic/defect', scene.part, scene.defect, closeUp ? 1 : 0)
  switch (scene.defect) {
    case 'none':
      return surface
    case 'missing': {
      const rest = leaveOut(features, random, closeUp)
      return remould(
        surface,
        rest,
        features.filter((feature) => !rest.includes(feature)),
        view,
      )
    }
    case 'scratch':
      return scratchAlong(surface, view, random, closeUp)
    case 'burn':
      return { ...surface, burn: burnSpot(view, random, closeUp, materials.wave) }
  }
}
