import { seededRandom } from '../../base/random.ts'
import { blankRaster, type Raster } from '../raster.ts'
import { cameraOf, develop } from './camera.ts'
import { damagedSurface } from './damage.ts'
import { lightBox } from './light.ts'
import { changedPx, differenceMask } from './mask.ts'
import { openness } from './occlusion.ts'
import { materialsOf } from './plastic.ts'
import { productOf } from './product.ts'
import type { Scene } from './scene.ts'
import { shade } from './shade.ts'
import { mould } from './surface.ts'
import { viewOf } from './view.ts'

/**
 * A picture of a moulded part in a light box (RGB, size x size) and its ground truth (one channel, 255 = defective).
 * Pure, and the same bytes on every machine: sums, products, quotients and square roots only, which IEEE 754 fixes.
 */
export function renderPart(scene: Scene): { image: Raster; mask: Raster } {
  const { size } = scene
  if (!Number.isInteger(size) || size < 16) throw new RangeError(`a picture of ${size} px is no picture`)
  const view = viewOf(scene)
  const camera = cameraOf(scene)
  const materials = materialsOf(scene)
  const light = lightBox(seededRandom(scene.seed, 'synthetic/light', scene.part, scene.pose))
  const features = productOf(scene.seed, scene.part)

  const surface = mould(features, view)
  const open = openness(surface.height, view)
  const linear = new Float32Array(size * size * 3)
  shade({ surface, open, view, light, materials }, linear)
  if (scene.defect === 'none') return { image: develop(linear, camera, scene), mask: blankRaster(size, size, 1) }

  const damaged = damagedSurface(scene, { features, surface, materials }, view)
  const damagedOpen = damaged.height === surface.height ? open : openness(damaged.height, view)
  const changed = changedPx(surface, open, damaged, damagedOpen, size)
  const damagedLinear = linear.slice()
  shade({ surface: damaged, open: damagedOpen, view, light, materials }, damagedLinear, changed)
  return {
    image: develop(damagedLinear, camera, scene),
    mask: differenceMask(linear, damagedLinear, changed, camera, size),
  }
}
