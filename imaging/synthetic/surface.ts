import { type Feature, GROUND } from './feature.ts'
import { boundsOf } from './shape.ts'
import { stamp } from './stamp.ts'
import { type View, windowOn } from './view.ts'

/** What the camera sees, one value per px: relief and materials. */
export interface Surface {
  /** Height over the part's plate, part units. */
  readonly height: Float32Array
  /** Share of the px covered by plastic; the rest is the table. */
  readonly body: Float32Array
  /** Share of the plastic that is filter cloth. */
  readonly screen: Float32Array
  /** Degree of scorching and of scratching, 0 .. 1. */
  readonly burn: Float32Array
  readonly scratch: Float32Array
}

export function mould(features: readonly Feature[], view: View): Surface {
  const blank = (): Float32Array => new Float32Array(view.size * view.size)
  const surface = { height: blank().fill(GROUND), body: blank(), screen: blank(), burn: blank(), scratch: blank() }
  for (const feature of features) stamp(surface, view, feature)
  return surface
}

/** The surface moulded again with other features, where those of `changed` lie; it shares nothing that differs. */
export function remould(
  surface: Surface,
  features: readonly Feature[],
  changed: readonly Feature[],
  view: View,
): Surface {
  const { size } = view
  const again = {
    ...surface,
    height: surface.height.slice(),
    body: surface.body.slice(),
    screen: surface.screen.slice(),
  }
  for (const { shape } of changed) {
    const window = windowOn(view, boundsOf(shape), view.px)
    for (let row = window.top; row < window.bottom; row++) {
      const [from, to] = [row * size + window.left, row * size + Math.max(window.left, window.right)]
      again.height.fill(GROUND, from, to)
      again.body.fill(0, from, to)
      again.screen.fill(0, from, to)
    }
    for (const feature of features) stamp(again, { ...view, window }, feature)
  }
  return again
}
