import { emptyRanking, type PixelRanking } from './ranking.ts'
import { lowestOf, SCORE_BINS } from './score-bins.ts'

const DROPPED_BITS = 2
/** Bins of an image's record: the first 9 bits of mantissa, so a bin spans at most 2^-9 of its score. */
export const RECORD_BINS = SCORE_BINS >> DROPPED_BITS

/** One image's px by score, kept so that px metrics of any set of images need no second pass. Sparse. */
export interface ImageRecord {
  readonly nok: boolean
  readonly regions: number
  /** Histogram bins that hold px, rising. */
  readonly bins: Uint32Array
  readonly outside: Uint32Array
  /** Empty, as is `overlaps`, for an image without defective px. */
  readonly inside: Uint32Array
  readonly overlaps: Float64Array
}

/** Collects one image's record while its bins are drained by rising score. */
export class ImageRecorder {
  readonly #bins: number[] = []
  readonly #outside: number[] = []
  readonly #inside: number[] = []
  readonly #overlaps: number[] = []

  take(bin: number, outside: number, inside: number, overlap: number): void {
    const last = this.#bins.length - 1
    const coarse = bin >> DROPPED_BITS
    if (last >= 0 && this.#bins[last] === coarse) {
      this.#outside[last] += outside
      this.#inside[last] += inside
      this.#overlaps[last] += overlap
    } else {
      this.#bins.push(coarse)
      this.#outside.push(outside)
      this.#inside.push(inside)
      this.#overlaps.push(overlap)
    }
  }

  record(nok: boolean, regions: number): ImageRecord {
    const defective = this.#inside.some((count) => count > 0)
    return {
      nok,
      regions,
      bins: Uint32Array.from(this.#bins),
      outside: Uint32Array.from(this.#outside),
      inside: Uint32Array.from(defective ? this.#inside : []),
      overlaps: Float64Array.from(defective ? this.#overlaps : []),
    }
  }
}

/** One image over the common columns. */
interface Row {
  readonly nok: boolean
  readonly regions: number
  readonly outside: Float64Array
  readonly inside: Float64Array | null
  readonly overlaps: Float64Array | null
}

/**
 * Histograms of all images over common columns, falling by score and each with about the same share of the px outside, the px
 * inside and the overlap. A weighted sum of them ranks any multiset of the images: a bootstrap resample, the images
 * of one defect type beside the good ones.
 */
export class ImageHistograms {
  readonly #rows: readonly Row[]
  readonly #scores: Float64Array

  constructor(records: readonly ImageRecord[], columns = 1024) {
    const { columnOf, scores } = layColumns(records, columns)
    this.#scores = scores
    this.#rows = records.map((record) => spread(record, columnOf, columns))
  }

  /** How many images there are, in the order they were added. */
  get images(): number {
    return this.#rows.length
  }

  /** Ranks the px of the images, image i counted `weights[i]` times (null: each once); `nok` leaves the good images out. */
  ranking(weights: ArrayLike<number> | null, pooling: 'all' | 'nok' = 'all'): PixelRanking {
    const { positives, negatives } = emptyRanking(this.#scores.length)
    const overlaps = new Float64Array(this.#scores.length)
    let regions = 0
    let regionsKnown = true
    for (const [i, row] of this.#rows.entries()) {
      const weight = weights === null ? 1 : weights[i]
      if (weight === 0 || (pooling === 'nok' && !row.nok)) continue
      regions += weight * row.regions
      if (row.inside !== null && row.regions === 0) regionsKnown = false
      addScaled(negatives, row.outside, weight)
      if (row.inside) addScaled(positives, row.inside, weight)
      if (row.overlaps) addScaled(overlaps, row.overlaps, weight)
    }
    return { scores: this.#scores, positives, negatives, overlaps, regions: regionsKnown ? regions : 0 }
  }
}

function addScaled(sum: Float64Array, values: Float64Array, weight: number): void {
  for (let c = 0; c < sum.length; c++) sum[c] += weight * values[c]
}

function layColumns(records: readonly ImageRecord[], columns: number) {
  const masses = [new Float64Array(RECORD_BINS), new Float64Array(RECORD_BINS), new Float64Array(RECORD_BINS)]
  const sums = [0, 0, 0]
  for (const { bins, outside, inside, overlaps } of records) {
    for (const [kind, values] of [outside, inside, overlaps].entries()) {
      for (let i = 0; i < values.length; i++) {
        masses[kind][bins[i]] += values[i]
        sums[kind] += values[i]
      }
    }
  }
  const kinds = [0, 1, 2].filter((kind) => sums[kind] > 0)
  const columnOf = new Uint32Array(RECORD_BINS)
  const scores = new Float64Array(columns).fill(NaN)
  let before = 0
  for (let bin = RECORD_BINS - 1; bin >= 0; bin--) {
    let mass = 0
    for (const kind of kinds) mass += masses[kind][bin] / sums[kind] / kinds.length
    if (mass === 0) continue
    const column = Math.min(columns - 1, Math.floor(before * columns))
    columnOf[bin] = column
    scores[column] = lowestOf(bin << DROPPED_BITS)
    before += mass
  }
  // A column skipped by a heavy bin holds nothing; it takes the score of the column above it.
  for (let c = 1; c < columns; c++) if (Number.isNaN(scores[c])) scores[c] = scores[c - 1]
  return { columnOf, scores }
}

function spread(record: ImageRecord, columnOf: Uint32Array, columns: number): Row {
  const over = (values: Uint32Array | Float64Array): Float64Array => {
    const row = new Float64Array(columns)
    for (let i = 0; i < values.length; i++) row[columnOf[record.bins[i]]] += values[i]
    return row
  }
  const { nok, regions, outside, inside, overlaps } = record
  return {
    nok,
    regions,
    outside: over(outside),
    inside: inside.length > 0 ? over(inside) : null,
    overlaps: overlaps.length > 0 ? over(overlaps) : null,
  }
}
