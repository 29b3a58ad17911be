import type { ScoresHeader } from '../../artifacts/scores.ts'
import type { MetricName, MetricValue, Verdict } from '../../artifacts/verdict.ts'
import type { Reduction } from '../../metrics/reduce.ts'
import { countingText, type PixelCounting, STANDARD_PIXELS, THESIS_PIXELS } from './pixel-counting.ts'
import { METRIC_NAMES } from './settings.ts'

/** How a protocol reads the maps, apart from any settings: recipes 2.2, rows E. */
export interface ProtocolReading {
  readonly protocol: 'standard' | 'thesis'
  readonly reduction: Reduction
  readonly counting: PixelCounting
  /** In words, for the note beside its figures. */
  readonly reducer: string
}

const THESIS_BORDER = 20
const THESIS_TOP_K = 20
/** Of the baseline autoencoder: px, no border, and other px metrics (recipes 1.12, 2.1 Z7). */
const THESIS_TOP_PX = 1500
const THESIS_IMAGE_MODEL = { sample: 50, minmax: false, crop: 0 } as const

/** The protocol that a spec did not choose. */
export function otherReading(
  own: 'standard' | 'thesis',
  { grid, topK, pixelError }: Pick<ScoresHeader, 'grid' | 'topK' | 'pixelError'>,
): ProtocolReading {
  const cells = pixelError === undefined ? 'cells' : 'px'
  if (own === 'thesis') {
    const reducer = `score: mean of the ${topK} largest ${cells}`
    return { protocol: 'standard', reduction: { border: 0, topK }, counting: STANDARD_PIXELS, reducer }
  }
  if (pixelError !== undefined) {
    const counting = { ...THESIS_PIXELS, ...THESIS_IMAGE_MODEL }
    const reducer = `score: mean of the ${THESIS_TOP_PX} largest px`
    return { protocol: 'thesis', reduction: { border: 0, topK: THESIS_TOP_PX }, counting, reducer }
  }
  const fits = 2 * THESIS_BORDER < grid
  const where = fits
    ? `inside a border of ${THESIS_BORDER}`
    : `of the whole map, as a border of ${THESIS_BORDER} leaves nothing of ${grid} x ${grid}`
  return {
    protocol: 'thesis',
    reduction: { border: fits ? THESIS_BORDER : 0, topK: THESIS_TOP_K },
    counting: THESIS_PIXELS,
    reducer: `score: mean of the ${THESIS_TOP_K} largest cells ${where}`,
  }
}

/** What the thesis reports (E12). */
const THESIS_METRICS: readonly MetricName[] = [
  'image_auroc',
  'image_accuracy',
  'image_precision',
  'image_recall',
  'image_f1',
  'pixel_auroc',
  'pixel_f1',
]

/** The other protocol's metrics out of all, and a note on how they were made. */
export function otherProtocol(
  { protocol, counting, reducer }: ProtocolReading,
  limitOrigin: string,
  all: Readonly<Record<MetricName, MetricValue>>,
): Verdict['other'] {
  const names = protocol === 'thesis' ? THESIS_METRICS : METRIC_NAMES
  const metrics = Object.fromEntries(names.map((name) => [name, all[name]]))
  const note = `${reducer}; limit: ${limitOrigin}; pixels: ${countingText(counting)}`
  return { protocol, metrics, note }
}
