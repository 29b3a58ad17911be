import type { Feature } from './feature.ts'
import { boundsOf, distanceTo } from './shape.ts'
import type { Surface } from './surface.ts'
import { blocksWithin, type View } from './view.ts'

/**
 * Cuts one feature into the surface. Edges narrower than 1.5 px are widened to that, so that small pictures do not
 * alias; an embossed stroke keeps its volume then. Distances grow no faster than one per unit, so a block far from
 * every edge needs one look at its middle.
 */
export function stamp(surface: Surface, view: View, { shape, mode, level, fillet, shows }: Feature): void {
  const { height, body, screen } = surface
  const { px, size, columnX, columnY } = view
  const distance = distanceTo(shape)
  const edge = Math.max(fillet, 1.5 * px)
  const depth = mode === 'emboss' ? (level * fillet) / edge : level
  const raises = mode === 'raise'
  for (const block of blocksWithin(view, boundsOf(shape), px)) {
    const middle = distance(block.x, block.y)
    if (shape.kind !== 'text' && middle > block.reach + px) continue
    const inside = middle < -block.reach - edge
    for (let row = block.top; row < block.bottom; row++) {
      let x = view.originX + block.left * columnX - row * columnY
      let y = view.originY + block.left * columnY + row * columnX
      const end = row * size + block.right
      for (let i = row * size + block.left; i < end; i++, x += columnX, y += columnY) {
        const d = inside ? -edge : distance(x, y)
        let cover = 0.5 - d / px
        if (cover <= 0) continue
        if (cover > 1) cover = 1
        if (shows === 'body' && cover > body[i]) body[i] = cover
        if (shows === 'screen') screen[i] += (1 - screen[i]) * cover
        else if (screen[i] > 0) screen[i] -= screen[i] * cover
        if (d >= 0) continue
        const t = d <= -edge ? 1 : -d / edge
        const share = t * (2 - t)
        const here = height[i]
        if (mode === 'emboss') height[i] = here + depth * share
        else if (raises ? here < level : here > level) height[i] = here + (level - here) * share
      }
    }
  }
}
