import { highestOf, ImageBins, orderedBits, scoreBits, scoreOf, SCORE_BINS } from './score-bins.ts'

/** A pixel threshold from good px: NOK if score > threshold. */
export interface PixelQuantile {
  readonly threshold: number
  /** Px it was taken from. */
  readonly px: number
  /** Share of those px above it, at most the asked rate. */
  readonly share: number
  readonly method: 'exact' | 'histogram'
}

const EXACT_PX = 2 ** 22

/**
 * The 1 - rate quantile of all px of held-out good images, image after image: the lowest score that at most a share `rate`
 * of them exceeds. Exact up to `exactPx` px; beyond, the highest score of the histogram bin it lies in, which is at most
 * 2^-11 of it too high and never flags more than asked.
 */
export class PixelQuantiles {
  readonly #exactPx: number
  readonly #bins = new ImageBins()
  readonly #counts = new Float64Array(SCORE_BINS)
  #kept: Int32Array[] | null = []
  #px = 0

  constructor({ exactPx = EXACT_PX }: { exactPx?: number } = {}) {
    this.#exactPx = exactPx
  }

  /** Adds the error map of a good image. E604 where a score is not finite. */
  add(map: Float32Array): void {
    this.#bins.countOutside(map)
    this.#bins.drain((bin, px) => (this.#counts[bin] += px))
    this.#px += map.length
    if (this.#px > this.#exactPx) this.#kept = null
    this.#kept?.push(scoreBits(map).map(orderedBits))
  }

  /** The threshold at a rate in [0, 1); null without px. */
  at(rate: number): PixelQuantile | null {
    if (!(rate >= 0 && rate < 1)) throw new Error(`a pixel rate lies in [0, 1), not ${rate}`)
    if (this.#px === 0) return null
    const mayExceed = Math.floor(this.#px * rate + 1e-9)
    return this.#kept === null ? this.#binned(mayExceed) : this.#sorted(this.#kept, mayExceed)
  }

  #sorted(kept: readonly Int32Array[], mayExceed: number): PixelQuantile {
    const ordered = new Int32Array(this.#px)
    let at = 0
    for (const chunk of kept) {
      ordered.set(chunk, at)
      at += chunk.length
    }
    ordered.sort()
    const found = ordered[this.#px - 1 - mayExceed]
    let exceed = 0
    while (ordered[this.#px - 1 - exceed] > found) exceed++
    return { threshold: scoreOf(found), px: this.#px, share: exceed / this.#px, method: 'exact' }
  }

  #binned(mayExceed: number): PixelQuantile {
    let exceed = 0
    let bin = SCORE_BINS - 1
    while (exceed + this.#counts[bin] <= mayExceed) exceed += this.#counts[bin--]
    return { threshold: highestOf(bin), px: this.#px, share: exceed / this.#px, method: 'histogram' }
  }
}

/** `PixelQuantiles` over maps at hand. */
export function pixelQuantile(
  maps: Iterable<Float32Array>,
  rate: number,
  options?: { exactPx?: number },
): PixelQuantile | null {
  const quantiles = new PixelQuantiles(options)
  for (const map of maps) quantiles.add(map)
  return quantiles.at(rate)
}
