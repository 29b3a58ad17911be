import type { MetricName, MetricValue, Thresholds } from '../../artifacts/verdict.ts'
import { formatCount } from '../../base/format.ts'
import type { Aupimo } from '../../metrics/aupimo.ts'
import type { ImageFigures } from './image-figures.ts'
import type { Intervals } from './intervals.ts'
import { metricValue } from './metric-value.ts'
import type { PixelFigures } from './pixel-figures.ts'
import type { PixelSet } from './pixel-set.ts'
import { METRIC_NAMES } from './settings.ts'

interface TableEvidence {
  readonly image: ImageFigures
  readonly pixel: PixelFigures
  readonly intervals: Intervals
  readonly set: PixelSet
  readonly thresholds: Pick<Thresholds, 'image' | 'imageOrigin' | 'pixelOrigin'>
  /** Which decisions were set on the test images themselves. */
  readonly oracle: { readonly image: boolean; readonly pixel: boolean }
  readonly positive: readonly boolean[]
}

const ORACLE = 'best threshold seen on the test images: an oracle'

/** Every metric of a verdict with its interval; where it is undefined, why. */
export function metricTable(evidence: TableEvidence): Record<MetricName, MetricValue> {
  const { image, pixel, intervals, set } = evidence
  const aupimo = set.metrics.aupimo()
  const figures: Record<MetricName, number | null> = { ...image, ...pixel, pixel_aupimo: aupimo?.mean ?? null }
  const named = METRIC_NAMES.map((name): [MetricName, MetricValue] => [
    name,
    metricValue(figures[name], {
      reason: reasonOf(name, evidence),
      interval: intervals.get(name),
      note: name === 'pixel_aupimo' ? aupimoNote(aupimo) : noteOf(name, evidence),
    }),
  ])
  return Object.fromEntries(named) as Record<MetricName, MetricValue>
}

/** Decisions need limits, rankings both classes, px a mask. */
function reasonOf(name: MetricName, { thresholds, positive, set }: TableEvidence): string {
  if (positive.length === 0) return 'no labelled test image'
  if (!positive.includes(true)) return 'no defective test image'
  if (name.startsWith('pixel_')) {
    if (set.members.length === 0 || !set.members.some((at) => positive[at]))
      return 'no defective test image with a mask'
    return name === 'pixel_f1' ? thresholds.pixelOrigin : 'no good px among the test images'
  }
  const decides = ['image_f1', 'image_accuracy', 'image_precision', 'image_recall'].includes(name)
  if (decides && thresholds.image.nok === null) return thresholds.imageOrigin
  if (name === 'image_precision') return 'no test image was called NOK'
  return 'no good test image'
}

function noteOf(name: MetricName, { thresholds, oracle, set }: TableEvidence): string | undefined {
  switch (name) {
    case 'image_f1_max':
    case 'pixel_f1_max':
      return ORACLE
    case 'pixel_f1':
      return oracle.pixel ? ORACLE : undefined
    case 'image_f1':
    case 'image_accuracy':
    case 'image_precision':
    case 'image_recall':
      if (oracle.image) return ORACLE
      return thresholds.image.close === null ? undefined : 'CLOSE images count as not rejected'
    case 'pixel_auroc':
    case 'pixel_ap':
    case 'pixel_aupro':
      return set.counting.images === 'nok' ? 'px of defective images alone' : undefined
    default:
      return undefined
  }
}

const AUPIMO_PX = 1e5 // Bertoldo et al. 2024: the shared rate goes down to 1e-5

const aupimoNote = (found: Aupimo | null): string | undefined =>
  found === null || found.goodPx >= AUPIMO_PX
    ? undefined
    : `only ${formatCount(found.goodPx)} px of good images: rates of 1e-5 need ${formatCount(AUPIMO_PX)}`
