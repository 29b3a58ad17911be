import type { ScoresHeader } from '../../artifacts/scores.ts'
import { encodeDraws, PAIRED_METRICS, type Thresholds, type Verdict } from '../../artifacts/verdict.ts'
import { prCurve, rocCurve } from '../../metrics/curves.ts'
import type { TaskItem } from '../stage.ts'
import type { Calibration } from './calibrate.ts'
import type { PixelCounts } from './count-pixels.ts'
import { digestValue } from '../../base/digest.ts'
import { defectTable, groupsByName, groupsBySize, worstFirst } from './defect-rows.ts'
import { imageFigures } from './image-figures.ts'
import { heldOutUnits, imageLimits } from './image-limits.ts'
import { resample } from './intervals.ts'
import { metricTable } from './metric-table.ts'
import { metricValue } from './metric-value.ts'
import { otherProtocol, type ProtocolReading } from './other-protocol.ts'
import { partLevel } from './part-level.ts'
import { pixelFigures } from './pixel-figures.ts'
import type { PixelSet } from './pixel-set.ts'
import type { ScoredItem } from './scored-items.ts'
import type { EvaluateSettings } from './settings.ts'
import { baselineTable, greyBaselines } from './trivial-baselines.ts'
import { confusionTable, verdictItems } from './verdict-items.ts'

/** All that a verdict is made of. */
export interface Evidence {
  readonly settings: EvaluateSettings
  readonly header: ScoresHeader
  readonly thresholds: Thresholds
  readonly calibration: Calibration
  /** Test images with a known label; a place in a list of images means one of these. */
  readonly labelled: readonly ScoredItem[]
  readonly training: readonly TaskItem[]
  readonly pixels: PixelCounts
  readonly other: ProtocolReading
  readonly seed: number
}

/** Metrics with their intervals, tables, curves and decisions. */
export function makeVerdict(evidence: Evidence): Verdict {
  const { settings, header, thresholds, calibration, labelled, training, pixels, seed } = evidence
  const { resamples } = settings
  const scores = labelled.map(({ score }) => score)
  const positive = labelled.map(({ label }) => label === 'nok')
  const defective = positive.filter(Boolean).length
  const { nok } = thresholds.image
  const oracle = settings.threshold_from === 'test_f1'

  const image = imageFigures(scores, positive, nok)
  const pixel = pixelFigures(pixels.own, { oracle })
  const { members, metrics: ownPixels } = pixels.own
  const histograms = members.length === 0 ? null : ownPixels.imageHistograms()
  const rows = { scores, positive, nok, areas: pixels.areas, pixels: histograms && { histograms, members } }
  const defects = defectTable('defect', groupsByName(labelled), rows)
  const sizes = defectTable('size', groupsBySize(pixels.areas), rows)
  // By id, so that an image stands in the same resamples whatever was done to its pixels: that pairs two verdicts.
  const groups = labelled.map(({ id, part }) => (part === undefined ? `image ${id}` : `part ${part}`))
  const { intervals, draws } = resample({ groups, labels: positive, seed, resamples }, (weights) => ({
    ...image(weights),
    ...(histograms && pixel.resampled(histograms, weights)),
    ...defects.figures(weights),
    ...sizes.figures(weights),
  }))

  const metrics = metricTable({
    image: image(null),
    pixel: pixel.exact(),
    intervals,
    set: pixels.own,
    thresholds,
    oracle: { image: oracle && settings.limits === undefined, pixel: oracle },
    positive,
  })
  const confusion = confusionTable(labelled, thresholds)
  return {
    version: 1,
    protocol: settings.protocol,
    reducer: header.reducer,
    metrics,
    counts: {
      train: training.filter(({ copy }) => copy === 0).length,
      heldOut: calibration.heldOut.length,
      ok: positive.length - defective,
      nok: defective,
      unknown: calibration.tested.length - labelled.length,
    },
    confusion,
    pixels: countedPixels(pixels),
    border: pixels.border.result(confusion && confusion.nok.NOK, defective),
    parts: partLevel(labelled, { resamples, seed }),
    baselines: baselineTable({
      image: { model: metrics.image_auroc, baselines: greyBaselines(labelled, training) },
      pixel: { model: plainPixelAuroc(pixels, metrics), baselines: pixels.baselines.result() },
    }),
    defects: defects.rows(intervals).sort(worstFirst),
    sizes: sizes.rows(intervals),
    other: otherOf(evidence, positive),
    roc: (rocCurve(scores, positive) ?? []).map(
      ({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate] as const,
    ),
    pr: (prCurve(scores, positive) ?? []).map(({ recall, precision }) => [recall, precision] as const),
    items: verdictItems(calibration, thresholds),
    bootstrap: {
      resamples,
      groups: labelled.some(({ part }) => part !== undefined) ? 'parts' : 'images',
      sample: sampleOf(labelled, { seed, resamples }),
      draws: Object.fromEntries(
        PAIRED_METRICS.flatMap((name) => {
          const drawn = draws.get(name)
          return drawn === undefined ? [] : [[name, encodeDraws(drawn)]]
        }),
      ),
    },
  }
}

/** Stands for what was drawn from: verdicts that share it were drawn alike. */
const sampleOf = (labelled: readonly ScoredItem[], drawing: { readonly seed: number; readonly resamples: number }) =>
  digestValue('sample', [drawing, labelled.map(({ id, label, part }) => [id, label, part ?? null]).sort(byId)])

const byId = ([a]: readonly unknown[], [b]: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1)

function countedPixels({ own, leftOut }: PixelCounts): Verdict['pixels'] {
  if (own.members.length === 0) return null
  const { method, bounds } = own.metrics.result('all')
  return {
    pooling: own.counting.images,
    method: method === 'exact' ? 'exact' : `by histogram, AUROC within ${bounds.auroc.toExponential(0)}`,
    images: own.members.length,
    keptShare: own.keptShare,
    ...leftOut,
  }
}

/** The model's figure on the px that the baselines are counted on. */
function plainPixelAuroc({ own, plain }: PixelCounts, { pixel_auroc }: Verdict['metrics']) {
  return own === plain ? pixel_auroc : metricValue(aurocOf(plain), { reason: 'no defective test image with a mask' })
}
const aurocOf = ({ metrics }: PixelSet): number | null => metrics.result('all').auroc

/** The same maps read as the other protocol does. */
function otherOf({ settings, calibration, labelled, pixels, other }: Evidence, positive: boolean[]): Verdict['other'] {
  if (labelled.length === 0) return null
  const oracle = other.protocol === 'thesis'
  const scoreOf = ({ otherScore }: ScoredItem): number => otherScore
  const heldOut = heldOutUnits(calibration.heldOut, scoreOf)
  const { limits, origin } = imageLimits(
    { image_fpr: settings.image_fpr, threshold_from: oracle ? 'test_f1' : 'held_out' },
    heldOut,
    labelled,
    scoreOf,
  )
  const metrics = metricTable({
    image: imageFigures(labelled.map(scoreOf), positive, limits.nok)(null),
    pixel: pixelFigures(pixels.other, { oracle }).exact(),
    intervals: new Map(),
    set: pixels.other,
    thresholds: { image: limits, imageOrigin: origin, pixelOrigin: 'nothing is held out' },
    oracle: { image: oracle, pixel: oracle },
    positive,
  })
  return otherProtocol(other, origin, metrics)
}
