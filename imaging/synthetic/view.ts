import { seededRandom } from '../../base/random.ts'
import { halfField, type Scene } from './scene.ts'
import type { Bounds } from './shape.ts'
import { cosine, radians, sine } from './turn.ts'

/** How px (column, row) meet part units: a turn, a shift and a scale. The light and the camera keep still, the part moves. */
export interface View {
  readonly size: number
  /** Width of one px in part units. */
  readonly px: number
  /** Part coordinates of the middle of px (0, 0). */
  readonly originX: number
  readonly originY: number
  /** What one column adds to them; one row adds the same turned by a quarter: (-columnY, columnX). */
  readonly columnX: number
  readonly columnY: number
  /** The px that are drawn; right and bottom excluded. */
  readonly window: Window
}

interface Window {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const TURN_DEG = 7
const SHIFT = 0.025

/** The placement depends on (seed, part, pose) alone, so all zooms of one capture show the part where it lies. */
export function viewOf({ seed, part, pose, zoom, size }: Scene): View {
  const random = seededRandom(seed, 'synthetic/pose', part, pose)
  const angle = radians(random.uniform(-TURN_DEG, TURN_DEG))
  const px = (2 * halfField(zoom)) / size
  const columnX = cosine(angle) * px
  const columnY = -sine(angle) * px
  const toCorner = (size - 1) / 2
  return {
    size,
    px,
    originX: random.uniform(-SHIFT, SHIFT) - toCorner * (columnX - columnY),
    originY: random.uniform(-SHIFT, SHIFT) - toCorner * (columnX + columnY),
    columnX,
    columnY,
    window: { left: 0, top: 0, right: size, bottom: size },
  }
}

/** The px of the view's window that `bounds`, widened by `margin` part units, may touch. */
export function windowOn(
  { px, originX, originY, columnX, columnY, window }: View,
  bounds: Bounds,
  margin: number,
): Window {
  const cos = columnX / (px * px)
  const sin = columnY / (px * px)
  const column = (bounds.x - originX) * cos + (bounds.y - originY) * sin
  const row = (bounds.y - originY) * cos - (bounds.x - originX) * sin
  const halfWidth = Math.abs(cos) * bounds.halfX + Math.abs(sin) * bounds.halfY + margin / px
  const halfHeight = Math.abs(sin) * bounds.halfX + Math.abs(cos) * bounds.halfY + margin / px
  return {
    left: Math.max(window.left, Math.floor(column - halfWidth)),
    top: Math.max(window.top, Math.floor(row - halfHeight)),
    right: Math.min(window.right, Math.ceil(column + halfWidth) + 1),
    bottom: Math.min(window.bottom, Math.ceil(row + halfHeight) + 1),
  }
}

/** A small window, its middle in part units, and its half diagonal. */
interface Block extends Window {
  readonly x: number
  readonly y: number
  readonly reach: number
}

const BLOCK = 12

export function blocksWithin(view: View, bounds: Bounds, margin: number): Block[] {
  const { px, originX, originY, columnX, columnY } = view
  const window = windowOn(view, bounds, margin)
  const blocks: Block[] = []
  for (let top = window.top; top < window.bottom; top += BLOCK) {
    const bottom = Math.min(window.bottom, top + BLOCK)
    for (let left = window.left; left < window.right; left += BLOCK) {
      const right = Math.min(window.right, left + BLOCK)
      const u = (left + right - 1) / 2
      const v = (top + bottom - 1) / 2
      const x = originX + u * columnX - v * columnY
      const y = originY + u * columnY + v * columnX
      blocks.push({ left, top, right, bottom, x, y, reach: 0.71 * BLOCK * px })
    }
  }
  return blocks
}
