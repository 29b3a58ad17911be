import type { PixelImage } from './pixel-image.ts'
import { emptyRanking, type PixelRanking } from './ranking.ts'
import { orderedBits, scoreBits, scoreOf } from './score-bins.ts'

const REGION_FACTOR = 2 ** 21 // 32 bits of score and 21 of region fill the 53 of a double

/** Keeps every px of a small test set, and ranks them by sorting: the exact side of `PixelMetrics`. */
export class ExactPixels {
  /** Ordered scores outside all regions, of good and of defective images; one chunk an image. */
  readonly #outside = { ok: [] as Int32Array[], nok: [] as Int32Array[] }
  /** Ordered score x REGION_FACTOR + region, of px inside. */
  readonly #inside: Float64Array[] = []
  /** What a px of each region adds, 1 / size; region 0 stands for "no regions given" and adds nothing. */
  readonly #regionWeights: number[] = [0]

  /** Adds an image; `weights` are those of its labels 0 .. count. */
  add({ map, mask, regions, nok }: PixelImage, weights: Float64Array): void {
    const bits = scoreBits(map)
    const outside = new Int32Array(map.length)
    const inside: number[] = []
    const before = this.#regionWeights.length - 1
    let n = 0
    for (let i = 0; i < bits.length; i++) {
      const ordered = orderedBits(bits[i])
      if (mask === null || mask[i] === 0) outside[n++] = ordered
      else inside.push(ordered * REGION_FACTOR + (regions === null ? 0 : before + regions.labels[i]))
    }
    for (let label = 1; label < weights.length; label++) this.#regionWeights.push(weights[label])
    if (this.#regionWeights.length > REGION_FACTOR) throw new Error(`over ${REGION_FACTOR - 1} regions to rank exactly`)
    this.#outside[nok ? 'nok' : 'ok'].push(outside.slice(0, n))
    this.#inside.push(Float64Array.from(inside))
  }

  /** Ranks the px, with or without the good images. */
  ranking(withOk: boolean, regions: number): PixelRanking {
    const outside = concatenate(
      Int32Array,
      withOk ? [...this.#outside.ok, ...this.#outside.nok] : this.#outside.nok,
    ).sort()
    const inside = concatenate(Float64Array, this.#inside).sort()
    const groups = countDistinct(outside, inside)
    const { scores, positives, negatives } = emptyRanking(groups)
    const overlaps = new Float64Array(groups)

    let o = outside.length - 1
    let i = inside.length - 1
    for (let g = 0; g < groups; g++) {
      const score = Math.max(
        o >= 0 ? outside[o] : -Infinity,
        i >= 0 ? Math.floor(inside[i] / REGION_FACTOR) : -Infinity,
      )
      scores[g] = scoreOf(score)
      for (; o >= 0 && outside[o] === score; o--) negatives[g]++
      for (; i >= 0 && Math.floor(inside[i] / REGION_FACTOR) === score; i--) {
        positives[g]++
        overlaps[g] += this.#regionWeights[inside[i] - score * REGION_FACTOR]
      }
    }
    return { scores, positives, negatives, overlaps, regions }
  }
}

/** Distinct scores in two sorted lists. */
function countDistinct(outside: Int32Array, inside: Float64Array): number {
  let distinct = 0
  let o = 0
  let i = 0
  while (o < outside.length || i < inside.length) {
    const score = Math.min(
      o < outside.length ? outside[o] : Infinity,
      i < inside.length ? Math.floor(inside[i] / REGION_FACTOR) : Infinity,
    )
    while (o < outside.length && outside[o] === score) o++
    while (i < inside.length && Math.floor(inside[i] / REGION_FACTOR) === score) i++
    distinct++
  }
  return distinct
}

function concatenate<T extends Int32Array | Float64Array>(Type: new (length: number) => T, chunks: readonly T[]): T {
  const whole = new Type(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
