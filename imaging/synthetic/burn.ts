import type { Random } from '../../base/random.ts'
import { type Grain, grainAt } from './grain.ts'
import { anywhere, drawOnPlastic } from './place.ts'
import { cosine, sine, smoothstep } from './turn.ts'
import { blocksWithin, type View } from './view.ts'

/** How far the edge of a burn strays from its circle, as a share of the radius. */
const STRAY = 0.45

/** Degree of scorching per px: one blotch with a ragged, soft edge. */
export function burnSpot(view: View, random: Random, closeUp: boolean, grain: Grain): Float32Array {
  const radius = closeUp ? random.uniform(0.045, 0.07) : random.uniform(0.085, 0.115)
  const stretch = random.uniform(0.75, 1)
  const [centre] = drawOnPlastic(closeUp, () => {
    const { x, y } = anywhere(random, closeUp)
    const rim = [0, 1, 2, 3].map((turn) => (turn * Math.PI) / 2)
    return [
      { x, y },
      ...rim.map((angle) => ({ x: x + 0.8 * radius * cosine(angle), y: y + 0.8 * radius * sine(angle) })),
    ]
  })
  const burn = new Float32Array(view.size * view.size)
  const { size, columnX, columnY } = view
  const bounds = { x: centre.x, y: centre.y, halfX: radius * 1.3, halfY: radius * 1.3 }
  for (const block of blocksWithin(view, bounds, 0)) {
    for (let row = block.top; row < block.bottom; row++) {
      for (let column = block.left; column < block.right; column++) {
        const x = (view.originX + column * columnX - row * columnY - centre.x) / radius
        const y = (view.originY + column * columnY + row * columnX - centre.y) / (radius * stretch)
        const coarse = grainAt(grain, x * 1.7 + 9.4, y * 1.7 + 3.2)
        const fine = grainAt(grain, x * 5.3 + 21.8, y * 5.3 + 40.1)
        burn[row * size + column] =
          1 - smoothstep(0.4, 1.05, Math.sqrt(x * x + y * y) + STRAY * (0.7 * coarse + 0.3 * fine))
      }
    }
  }
  return burn
}
