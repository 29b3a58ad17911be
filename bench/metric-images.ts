import { seededRandom } from '../base/random.ts'
import type { PixelImage } from '../metrics/pixel-image.ts'

const SIDE = 1000 // px
const NOISE = 2 ** 20
const DEFECTS = 4

let table: Float32Array | undefined

/** Image n, the same at each call: log-normal scores; every second one has four square defects with higher scores. */
export function imageAt(n: number): PixelImage {
  table ??= logNormal()
  const start = seededRandom('bench/metrics', n).below(NOISE)
  const map = new Float32Array(SIDE * SIDE)
  for (let i = 0; i < map.length; i++) map[i] = table[(start + i) & (NOISE - 1)] * (1 + n / 1000)
  if (n % 2 === 0) return { map, mask: null, regions: null, nok: false }
  const labels = new Int32Array(map.length)
  for (let label = 1; label <= DEFECTS; label++) {
    const size = 20 * label
    for (let y = 0; y < size; y++) {
      const from = (200 * label + y) * SIDE + 180 * label
      labels.fill(label, from, from + size)
    }
  }
  for (let i = 0; i < map.length; i++) if (labels[i] > 0) map[i] *= 3
  return { map, mask: Uint8Array.from(labels), regions: { labels, count: DEFECTS }, nok: true }
}

function logNormal(): Float32Array {
  const random = seededRandom('bench/metrics')
  return Float32Array.from({ length: NOISE }, () => Math.exp(random.normal()))
}
