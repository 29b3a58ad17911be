import type { Random } from '../../base/random.ts'
import { anywhere, drawOnPlastic, type Point } from './place.ts'
import { boundsOf } from './shape.ts'
import type { Surface } from './surface.ts'
import { cosine, radians, sine } from './turn.ts'
import { blocksWithin, type View } from './view.ts'

const JOINTS = 6
/** Greatest bend at a joint. */
const BEND_DEG = 9
/** Depth of the groove per half width: its walls lean far enough to mirror the bars and the walls of the light box. */
const DEPTH = 0.6

interface Joint extends Point {
  readonly halfWidth: number
  /** Share of the plastic that is whitened. */
  readonly strength: number
}

/** The surface with a tapering groove of whitened plastic along a bent line; the openings of the grille keep none of it. */
export function scratchAlong(surface: Surface, view: View, random: Random, closeUp: boolean): Surface {
  const length = closeUp ? random.uniform(0.24, 0.36) : random.uniform(0.5, 0.75)
  const halfWidth = closeUp ? random.uniform(0.0032, 0.0046) : random.uniform(0.0075, 0.01)
  const joints = drawOnPlastic(closeUp, () => bentLine(random, closeUp, length)).map((point, number): Joint => {
    const end = number === 0 || number === JOINTS - 1
    const width = halfWidth * (end ? 0.35 : random.uniform(0.75, 1.1))
    return { ...point, halfWidth: width, strength: end ? 0.4 : random.uniform(0.5, 0.95) }
  })
  const scratch = new Float32Array(view.size * view.size)
  const height = surface.height.slice()
  for (let joint = 0; joint + 1 < JOINTS; joint++) whiten(scratch, surface, view, joints[joint], joints[joint + 1])
  for (let i = 0; i < height.length; i++) if (scratch[i] > 0) height[i] -= DEPTH * halfWidth * scratch[i]
  return { ...surface, height, scratch }
}

function bentLine(random: Random, closeUp: boolean, length: number): Point[] {
  const points = [anywhere(random, closeUp)]
  let angle = random.uniform(0, 2 * Math.PI)
  for (let joint = 1; joint < JOINTS; joint++) {
    const step = length / (JOINTS - 1)
    const last = points[joint - 1]
    points.push({ x: last.x + step * cosine(angle), y: last.y + step * sine(angle) })
    angle += radians(random.uniform(-BEND_DEG, BEND_DEG))
  }
  return points
}

function whiten(scratch: Float32Array, { body, screen }: Surface, view: View, from: Joint, to: Joint): void {
  const { px, size, columnX, columnY } = view
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const radius = Math.max(from.halfWidth, to.halfWidth)
  const bounds = boundsOf({ kind: 'bar', x0: from.x, y0: from.y, x1: to.x, y1: to.y, radius })
  for (const block of blocksWithin(view, bounds, px)) {
    for (let row = block.top; row < block.bottom; row++) {
      for (let column = block.left; column < block.right; column++) {
        const i = row * size + column
        const x = view.originX + column * columnX - row * columnY - from.x
        const y = view.originY + column * columnY + row * columnX - from.y
        const t = Math.min(1, Math.max(0, (x * dx + y * dy) / (dx * dx + dy * dy)))
        const distance = Math.sqrt((x - t * dx) * (x - t * dx) + (y - t * dy) * (y - t * dy))
        const halfWidth = from.halfWidth + t * (to.halfWidth - from.halfWidth)
        const cover = Math.min(1, Math.max(0, 0.5 + (halfWidth - distance) / px), (2 * halfWidth) / px)
        const whitened = cover * (from.strength + t * (to.strength - from.strength)) * body[i] * (1 - screen[i])
        if (whitened > scratch[i]) scratch[i] = whitened
      }
    }
  }
}
