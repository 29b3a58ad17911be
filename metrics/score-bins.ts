import { Failure } from '../base/diagnostic.ts'

const DROPPED_BITS = 12
const OCTAVE_BITS = 11
const OCTAVES = 512
const ZERO_BIN = 1 << 19
const FIRST_INFINITE_BIN = ZERO_BIN + (0x7f800000 >> DROPPED_BITS)

/**
 * Bins of a float32 histogram: its sign, exponent and first 11 bits of mantissa, in the order of the numbers, so a bin spans
 * at most 2^-11 of its score. 0 and -0 share a bin.
 */
export const SCORE_BINS = 1 << 20

/** The bits of float32 scores, to be read in the order of the numbers by `orderedBits`. */
export const scoreBits = (scores: Float32Array): Int32Array =>
  new Int32Array(scores.buffer, scores.byteOffset, scores.length)

/** Maps the bits of a float32 to a whole number that rises with it; equal numbers, 0 and -0 among them, give the same. */
export const orderedBits = (bits: number): number => (bits >= 0 ? bits : (0x80000000 - bits) | 0)

/** The float32 of an ordered number: the inverse of `orderedBits`. */
export function scoreOf(ordered: number): number {
  word[0] = ordered >= 0 ? ordered : (0x80000000 - ordered) | 0
  return wordAsScore[0]
}
const word = new Int32Array(1)
const wordAsScore = new Float32Array(word.buffer)

/** The lowest score of a bin. */
export const lowestOf = (bin: number): number => scoreOf((bin - ZERO_BIN) << DROPPED_BITS)

/** The highest score of a bin. */
export const highestOf = (bin: number): number =>
  scoreOf(((bin - ZERO_BIN) << DROPPED_BITS) | ((1 << DROPPED_BITS) - 1))

/** One image's px by bin, emptied into larger tables by `drain`. Only the octaves in use are ever looked at. */
export class ImageBins {
  /** Px outside all defects. */
  readonly outside = new Uint32Array(SCORE_BINS)
  /** Px inside defects. */
  readonly inside = new Uint32Array(SCORE_BINS)
  /** Sum of 1 / (size of its region) over the px inside. */
  readonly overlap = new Float64Array(SCORE_BINS)
  readonly #octaveInUse = new Uint8Array(OCTAVES)

  /** Counts px of an image without defects. */
  countOutside(map: Float32Array): void {
    const bits = scoreBits(map)
    const counts = this.outside
    const inUse = this.#octaveInUse
    for (let i = 0; i < bits.length; i++) {
      const b = bits[i]
      const bin = (((b >= 0 ? b : (0x80000000 - b) | 0) >> DROPPED_BITS) + ZERO_BIN) | 0
      counts[bin]++
      inUse[bin >> OCTAVE_BITS] = 1
    }
  }

  /** Counts px inside and outside `mask`; `weights[label]` is what a px of that region adds to the overlap. */
  countMasked(map: Float32Array, mask: Uint8Array, regions: Int32Array | null, weights: Float64Array): void {
    const bits = scoreBits(map)
    const { outside, inside, overlap } = this
    const inUse = this.#octaveInUse
    for (let i = 0; i < bits.length; i++) {
      const b = bits[i]
      const bin = (((b >= 0 ? b : (0x80000000 - b) | 0) >> DROPPED_BITS) + ZERO_BIN) | 0
      inUse[bin >> OCTAVE_BITS] = 1
      if (mask[i] === 0) {
        outside[bin]++
      } else {
        inside[bin]++
        if (regions !== null) overlap[bin] += weights[regions[i]]
      }
    }
  }

  /** Hands over every bin that holds px, by rising score, and empties it. E604 where a score is not finite. */
  drain(take: (bin: number, outside: number, inside: number, overlap: number) => void): void {
    let finite = true
    for (let octave = 0; octave < OCTAVES; octave++) {
      if (this.#octaveInUse[octave] === 0) continue
      this.#octaveInUse[octave] = 0
      for (let bin = octave << OCTAVE_BITS; bin < (octave + 1) << OCTAVE_BITS; bin++) {
        if (this.outside[bin] === 0 && this.inside[bin] === 0) continue
        finite &&= bin < FIRST_INFINITE_BIN && bin > 2 * ZERO_BIN - FIRST_INFINITE_BIN
        if (finite) take(bin, this.outside[bin], this.inside[bin], this.overlap[bin])
        this.outside[bin] = 0
        this.inside[bin] = 0
        this.overlap[bin] = 0
      }
    }
    if (!finite) throw new Failure('E604', 'an error map holds values that are not finite')
  }
}
