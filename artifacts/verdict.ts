import { brokenContract, requireCount } from './contract.ts'
import { decodeJson } from './json.ts'
import type { Label, Split } from './items.ts'

/** Limits per image and per pixel, with their origin. A small artifact of its own: a corrected label changes metrics, not these. */
export interface Thresholds {
  readonly version: 1
  readonly protocol: 'standard' | 'thesis'
  /** `nok`: above it an image is NOK; `close`: above it, up to `nok`, it is CLOSE. Null where they cannot be set. */
  readonly image: { readonly close: number | null; readonly nok: number | null }
  readonly pixel: number | null
  /** In words: `held-out images at a false-reject rate of 1 %`. */
  readonly imageOrigin: string
  readonly pixelOrigin: string
  /** What was held out: parts where they are known (the score of a part is the highest of its images), else images. */
  readonly units: 'parts' | 'images'
  /** Held-out units behind the limits, and the false-reject rate these guarantee (conformal; 1/(n + 1) where too few). */
  readonly heldOut: number
  readonly bound: number | null
  /** Scores of the held-out units, ascending: p-values of new images come from them. */
  readonly heldOutScores: readonly number[]
  /** The one colour scale of all heat maps of the set: its ends, and the value up to which good px stay. */
  readonly scale: { readonly low: number; readonly calm: number; readonly high: number }
}

export type Decision = 'OK' | 'CLOSE' | 'NOK'

export interface MetricValue {
  /** Null where it is undefined, with the reason. */
  readonly value: number | null
  /** 95 %, bootstrap over groups. */
  readonly interval?: readonly [number, number]
  readonly note?: string
}

/** Names of metrics as specs, events and reports use them. */
export type MetricName =
  | 'image_auroc'
  | 'image_ap'
  | 'image_f1'
  | 'image_f1_max'
  | 'image_accuracy'
  | 'image_precision'
  | 'image_recall'
  | 'pixel_auroc'
  | 'pixel_auroc_nok'
  | 'pixel_ap'
  | 'pixel_aupro'
  | 'pixel_aupimo'
  | 'pixel_f1'
  | 'pixel_f1_max'

export interface Verdict {
  readonly version: 1
  readonly protocol: 'standard' | 'thesis'
  /** How a map became a score: `mean of the 20 largest cells`. */
  readonly reducer: string
  readonly metrics: Readonly<Record<MetricName, MetricValue>>
  readonly counts: {
    readonly train: number
    readonly heldOut: number
    readonly ok: number
    readonly nok: number
    readonly unknown: number
  }
  /** On test images, at the limits; CLOSE images stand apart. Null without limits. */
  readonly confusion: Confusion | null
  /** How pixel metrics were counted: pooling, exact or by histogram, share of the area that counts. Null where no px could be. */
  readonly pixels: {
    readonly pooling: 'all' | 'nok'
    readonly method: string
    readonly images: number
    readonly keptShare: number
    /** Labelled test images left out: defective ones without a mask, and those whose mask contradicts their label. */
    readonly withoutMask: number
    readonly contradictory: number
  } | null
  /** What the border that the image score leaves out costs. Null where there is none. */
  readonly border: BorderLoss | null
  /** Score of a part = the highest of its images; null where no part has several test images. */
  readonly parts: { readonly parts: number; readonly auroc: MetricValue } | null
  readonly baselines: {
    readonly image: Readonly<Record<string, MetricValue>>
    readonly pixel: Readonly<Record<string, MetricValue>>
    readonly warnings: readonly string[]
  }
  readonly defects: readonly DefectRow[]
  /** The same by the share of the image that is defective; only images with a mask. */
  readonly sizes: readonly DefectRow[]
  /** Under the other protocol, from the same maps. */
  readonly other: {
    readonly protocol: 'standard' | 'thesis'
    readonly metrics: Readonly<Partial<Record<MetricName, MetricValue>>>
    readonly note: string
  } | null
  readonly roc: readonly (readonly [falsePositiveRate: number, truePositiveRate: number])[]
  readonly pr: readonly (readonly [recall: number, precision: number])[]
  /** Held-out and test images, by id. */
  readonly items: readonly VerdictItem[]
  readonly bootstrap: {
    readonly resamples: number
    readonly groups: 'parts' | 'images'
    /** Digest of what was drawn from and how: of verdicts that share it, the n-th draws are of the same images. */
    readonly sample: string
    /** Values of the metrics that runs are compared by, in every resample, for paired differences: `encodeDraws`. */
    readonly draws: Readonly<Partial<Record<MetricName, string>>>
  }
}

/** Rows: label; columns: decision. */
export interface Confusion {
  readonly ok: Readonly<Record<Decision, number>>
  readonly nok: Readonly<Record<Decision, number>>
}

export interface BorderLoss {
  /** Cells along each side. */
  readonly cells: number
  /** Share of the area that counts. */
  readonly keptShare: number
  /** Share of all defective px that lies in the border; null without masks. */
  readonly defectShare: number | null
  /** Defective images whose defect lies in the border alone. */
  readonly imagesOutside: number
  /** Recall if those counted as missed. */
  readonly recallWithThemMissed: number | null
}

/** Defective images of one kind against all good ones. */
export interface DefectRow {
  readonly defect: string
  readonly images: number
  readonly recall: MetricValue
  readonly imageAuroc: MetricValue
  readonly pixelAuroc: MetricValue
  readonly medianAreaShare: number | null
}

export interface VerdictItem {
  readonly id: string
  readonly digest: string
  readonly split: Split
  readonly label: Label
  readonly defect?: string
  readonly part?: string
  readonly score: number
  readonly pValue: number | null
  readonly decision: Decision | null
}

/** The metrics whose differences between runs and variants get an interval. */
export const PAIRED_METRICS = ['image_auroc', 'pixel_auroc', 'pixel_aupro'] as const satisfies readonly MetricName[]

/** Draws as base64 of float32 in this machine's order, which is little-endian wherever the engine runs; NaN where undefined. Enough digits for an interval, a tenth of the JSON. */
export const encodeDraws = (draws: ArrayLike<number>): string =>
  Buffer.from(Float32Array.from(draws).buffer).toString('base64')

export const decodeDraws = (text: string): Float64Array =>
  Float64Array.from(new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer))

/** Throws E604 unless limits, scale and held-out scores are finite and in order. */
export function checkThresholds(bytes: Uint8Array): void {
  const { image, pixel, heldOut, heldOutScores, scale } = decodeJson(bytes) as Thresholds
  for (const [name, value] of Object.entries({ close: image.close, nok: image.nok, pixel }))
    if (value !== null && !Number.isFinite(value)) throw brokenContract('thresholds', `${name} is ${String(value)}`)
  if (image.close !== null && image.nok !== null && image.close > image.nok)
    throw brokenContract('thresholds', `close ${image.close} lies above nok ${image.nok}`)
  requireCount('thresholds', 'heldOut', heldOut, 0)
  if (heldOutScores.some((score, i) => !Number.isFinite(score) || (i > 0 && score < heldOutScores[i - 1])))
    throw brokenContract('thresholds', 'held-out scores are not finite and ascending')
  if (!(scale.low <= scale.calm && scale.calm <= scale.high))
    throw brokenContract('thresholds', `the colour scale ${scale.low}, ${scale.calm}, ${scale.high} is not ascending`)
}

/** Throws E604 unless metrics lie in 0 .. 1 with their intervals in order, and every counted image has a finite score. */
export function checkVerdict(bytes: Uint8Array): void {
  const { metrics, counts, items } = decodeJson(bytes) as Verdict
  for (const [name, { value, interval }] of Object.entries(metrics)) {
    if (value !== null && !(value >= 0 && value <= 1)) throw brokenContract('verdict', `${name} is ${String(value)}`)
    if (interval !== undefined && !(interval[0] <= interval[1]))
      throw brokenContract('verdict', `${name} has the interval [${interval.join(', ')}]`)
  }
  for (const [name, count] of Object.entries(counts)) requireCount('verdict', `count ${name}`, count, 0)
  const counted = counts.heldOut + counts.ok + counts.nok + counts.unknown
  if (items.length !== counted) throw brokenContract('verdict', `${items.length} images, counted ${counted}`)
  const odd = items.find(({ score }) => !Number.isFinite(score))
  if (odd !== undefined) throw brokenContract('verdict', `${odd.id} has the score ${String(odd.score)}`)
}
