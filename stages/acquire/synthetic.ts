import type { Static, TInteger } from 'typebox'
import Type from '../../base/type.ts'
import { type Item, picture, type Source } from '../../artifacts/items.ts'
import { planParts, type PlannedPart } from '../../imaging/synthetic/catalogue.ts'
import { SYNTHETIC_VERSION } from '../../imaging/synthetic/scene.ts'
import { defineSource, type ScanContext, type ScanResult } from '../stage.ts'

const count = (description: string, fallback: number, minimum: number): TInteger =>
  Type.Integer({ description, default: fallback, minimum, maximum: 10_000, 'x-unit': 'parts' })

const settings = Type.Object(
  {
    train: count('Good parts to train on', 24, 1),
    test_good: count('Good parts to test', 12, 0),
    test_defective: count('Defective parts to test; scratches, burns and missing geometry take turns', 12, 0),
    poses: Type.Integer({
      description: 'Placements of each part under the camera',
      default: 2,
      minimum: 1,
      maximum: 100,
      'x-unit': 'captures a part',
    }),
    zooms: Type.Array(Type.Integer({ minimum: 0, maximum: 5 }), {
      description: 'Zooms of each capture, from 0, the whole part, to 5, its glossy centre',
      default: [0],
      minItems: 1,
      uniqueItems: true,
    }),
    size: Type.Integer({
      description: 'Width and height of each image',
      default: 256,
      minimum: 16,
      maximum: 4096,
      'x-unit': 'px',
    }),
  },
  { additionalProperties: false },
)

/** Rendered parts of glossy plastic with exact masks, made from numbers alone: no file, and the spec's seed names the set. */
export const acquireSynthetic = defineSource({
  kind: 'acquire/synthetic',
  version: 1,
  summary: 'rendered parts with scratches, burns and missing geometry, and their masks',
  settings,
  ports: {},
  gives: ['images'],
  draws: true,
  scan: (given, context) => Promise.resolve(scan(given, context)),
})

function scan({ test_good, test_defective, ...given }: Static<typeof settings>, { seed }: ScanContext): ScanResult {
  const planned = planParts({ ...given, seed: String(seed), testGood: test_good, testDefective: test_defective })
  const items = planned.map(toItem).sort((a, b) => (a.id < b.id ? -1 : 1))
  return { items, files: new Map(), diagnostics: [] }
}

function toItem({ scene, id, mask, split, label, part, view, defect }: PlannedPart): Item {
  const layer = (name: 'image' | 'mask'): Source => ({
    type: 'synthetic',
    version: SYNTHETIC_VERSION,
    scene,
    layer: name,
  })
  return {
    id,
    copy: 0,
    image: picture(layer('image')),
    ...(mask === undefined ? {} : { mask: picture(layer('mask')) }),
    split,
    label,
    ...(defect === undefined ? {} : { defect }),
    part,
    view,
    fields: { zoom: String(scene.zoom), pose: String(scene.pose) },
  }
}
