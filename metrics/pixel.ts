import { aupimo, type Aupimo } from './aupimo.ts'
import { aupro, auproBound } from './aupro.ts'
import { aurocBound, averagePrecisionBound, f1MaxBound } from './bin-bounds.ts'
import { rankingF1Max, type Confusion } from './f1.ts'
import { ImageHistograms, ImageRecorder, type ImageRecord } from './image-histograms.ts'
import { ExactPixels } from './pixel-exact.ts'
import { checkPixelImage, foregroundOnly, regionWeights, type PixelImage } from './pixel-image.ts'
import { emptyRanking, total, type PixelRanking } from './ranking.ts'
import { rankingAuroc, rankingAveragePrecision } from './roc.ts'
import { ImageBins, lowestOf, SCORE_BINS } from './score-bins.ts'

/**
 * Which px count: every px of every image, those of the defective images alone, or as `all` but on the part alone
 * (recipes 6.2).
 */
export type PixelPooling = 'all' | 'nok' | 'foreground'

/** How px were ranked: sorted one by one, or by histogram bins. */
export type RankingMethod = 'exact' | 'histogram'

/** Pixel metrics of one pooling; a metric is null where it is undefined. */
export interface PixelMetricsResult {
  readonly pooling: PixelPooling
  readonly method: RankingMethod
  readonly defectivePx: number
  readonly goodPx: number
  readonly regions: number
  readonly auroc: number | null
  readonly averagePrecision: number | null
  readonly aupro: number | null
  /** An oracle: the threshold is the best for these very px (NOK if score >= threshold). */
  readonly f1Max: { readonly f1: number; readonly threshold: number } | null
  /** How far each metric may lie from its exact value; 0 where `method` is exact. */
  readonly bounds: {
    readonly auroc: number
    readonly averagePrecision: number
    readonly aupro: number
    readonly f1: number
  }
}

export interface PixelMetricsOptions {
  /** Test sets up to this many px are ranked exactly. @default 4194304 */
  readonly exactPx?: number
  /** Thresholds whose confusions are counted. @default [] */
  readonly thresholds?: readonly number[]
  /** Whether the pooling `foreground` is kept too, at twice the cost. @default false */
  readonly foreground?: boolean
}

/** Px above a threshold. */
interface Flagged {
  outsideOk: number
  outsideNok: number
  inside: number
}

const EXACT_PX = 2 ** 22

/**
 * Pixel metrics in one pass over the images and constant memory, apart from some tens of kB an image for the bootstrap. Up to
 * `exactPx` px every score is kept and sorted; beyond, a histogram over 2^20 float bins ranks them, with its error bounded
 * by what shares a bin. Confusions at the given `thresholds` (NOK if score > threshold) are exact either way.
 */
export class PixelMetrics {
  readonly #exactPx: number
  readonly #thresholds: readonly number[]
  readonly #bins = new ImageBins()
  readonly #outsideOk = new Float64Array(SCORE_BINS)
  readonly #outsideNok = new Float64Array(SCORE_BINS)
  readonly #inside = new Float64Array(SCORE_BINS)
  readonly #overlap = new Float64Array(SCORE_BINS)
  readonly #flagged: Flagged[]
  readonly #records: ImageRecord[] = []
  readonly #foreground: PixelMetrics | null
  #exact: ExactPixels | null = new ExactPixels()
  #px = 0
  #regions = 0
  #regionsKnown = true

  constructor({ exactPx = EXACT_PX, thresholds = [], foreground = false }: PixelMetricsOptions = {}) {
    this.#exactPx = exactPx
    this.#thresholds = thresholds
    this.#flagged = thresholds.map(() => ({ outsideOk: 0, outsideNok: 0, inside: 0 }))
    this.#foreground = foreground ? new PixelMetrics({ exactPx, thresholds }) : null
  }

  /** Adds an image. E213 where mask and map differ in size, E604 where a score is not finite. */
  add(image: PixelImage): void {
    checkPixelImage(image)
    this.#foreground?.add(foregroundOnly(image))

    const { map, mask, regions, nok } = image
    const weights = regionWeights(image)
    if (mask === null) this.#bins.countOutside(map)
    else this.#bins.countMasked(map, mask, regions?.labels ?? null, weights)
    const regionsHere = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0)
    const outsideHere = nok ? this.#outsideNok : this.#outsideOk
    const recorder = new ImageRecorder()
    this.#bins.drain((bin, outside, inside, overlap) => {
      outsideHere[bin] += outside
      this.#inside[bin] += inside
      this.#overlap[bin] += overlap
      recorder.take(bin, outside, inside, overlap)
    })
    const record = recorder.record(nok, regionsHere)
    this.#records.push(record)
    this.#regions += regionsHere
    if (record.inside.length > 0 && regionsHere === 0) this.#regionsKnown = false
    this.#px += map.length
    if (this.#px > this.#exactPx) this.#exact = null
    this.#exact?.add(image, weights)
    for (const [i, threshold] of this.#thresholds.entries()) countFlagged(this.#flagged[i], image, threshold)
  }

  /** All metrics of a pooling. */
  result(pooling: PixelPooling = 'all'): PixelMetricsResult {
    const { method, ranking } = this.ranking(pooling)
    const binned = method === 'histogram'
    return {
      pooling,
      method,
      defectivePx: total(ranking.positives),
      goodPx: total(ranking.negatives),
      regions: ranking.regions,
      auroc: rankingAuroc(ranking),
      averagePrecision: rankingAveragePrecision(ranking),
      aupro: aupro(ranking),
      f1Max: rankingF1Max(ranking),
      bounds: {
        auroc: binned ? aurocBound(ranking) : 0,
        averagePrecision: binned ? averagePrecisionBound(ranking) : 0,
        aupro: binned ? auproBound(ranking) : 0,
        f1: binned ? f1MaxBound(ranking) : 0,
      },
    }
  }

  /** The px of a pooling in falling order, for curves and other thresholds. */
  ranking(pooling: PixelPooling = 'all'): { method: RankingMethod; ranking: PixelRanking } {
    if (pooling === 'foreground') return this.#kept().ranking('all')
    const withOk = pooling === 'all'
    const regions = this.#regionsKnown ? this.#regions : 0
    if (this.#exact !== null) return { method: 'exact', ranking: this.#exact.ranking(withOk, regions) }
    return { method: 'histogram', ranking: this.#binnedRanking(withOk, regions) }
  }

  /** Px called NOK (score > threshold) against the masks, one for each of the thresholds asked for, in their order. */
  confusions(pooling: PixelPooling = 'all'): Confusion[] {
    if (pooling === 'foreground') return this.#kept().confusions('all')
    const outside = total(this.#outsideNok) + (pooling === 'all' ? total(this.#outsideOk) : 0)
    const inside = total(this.#inside)
    return this.#flagged.map((flagged) => {
      const fp = flagged.outsideNok + (pooling === 'all' ? flagged.outsideOk : 0)
      return { tp: flagged.inside, fp, tn: outside - fp, fn: inside - flagged.inside }
    })
  }

  /** Per-image histograms in the order of `add`, for intervals and for metrics of some of the images. */
  imageHistograms(columns?: number): ImageHistograms {
    return new ImageHistograms(this.#records, columns)
  }

  /** Per-image overlap at very low false positive rates, of all images. */
  aupimo(range?: { low: number; high: number }): Aupimo | null {
    return aupimo(this.#records, range)
  }

  #kept(): PixelMetrics {
    if (this.#foreground === null) throw new Error('the pooling foreground was not asked for')
    return this.#foreground
  }

  #binnedRanking(withOk: boolean, regions: number): PixelRanking {
    const outsideOf = (bin: number): number => this.#outsideNok[bin] + (withOk ? this.#outsideOk[bin] : 0)
    const held: number[] = []
    for (let bin = SCORE_BINS - 1; bin >= 0; bin--) if (this.#inside[bin] > 0 || outsideOf(bin) > 0) held.push(bin)
    const { scores, positives, negatives } = emptyRanking(held.length)
    const overlaps = new Float64Array(held.length)
    for (const [g, bin] of held.entries()) {
      scores[g] = lowestOf(bin)
      positives[g] = this.#inside[bin]
      negatives[g] = outsideOf(bin)
      overlaps[g] = this.#overlap[bin]
    }
    return { scores, positives, negatives, overlaps, regions }
  }
}

function countFlagged(flagged: Flagged, { map, mask, nok }: PixelImage, threshold: number): void {
  let all = 0
  let inside = 0
  for (const score of map) if (score > threshold) all++
  if (mask !== null) for (let i = 0; i < map.length; i++) if (mask[i] !== 0 && map[i] > threshold) inside++
  flagged.inside += inside
  flagged[nok ? 'outsideNok' : 'outsideOk'] += all - inside
}
