import type { ScoresHeader } from '../../artifacts/scores.ts'
import { PixelQuantiles } from '../../metrics/pixel-quantile.ts'
import type { Reduction } from '../../metrics/reduce.ts'
import type { ItemsInput, TaskContext } from '../stage.ts'
import { resampleMap } from './resample-map.ts'
import { breathe, itemsOf, readScore, type ScoredItem, sizeOf } from './scored-items.ts'

/** All scores, and the px of images known to be good. */
export interface Calibration {
  readonly heldOut: readonly ScoredItem[]
  readonly tested: readonly ScoredItem[]
  /** Null where no good image is known. */
  readonly good: GoodPixels | null
  /** Images that this pass and that over labelled test images read. */
  readonly total: number
}

/** How high the px of good images reach, at the size of their images. */
export interface GoodPixels {
  /** Good test images stand in, for the colour scale alone, where none is held out. */
  readonly from: 'held_out' | 'test'
  readonly px: number
  readonly median: number
  /** Exceeded by at most the asked share of px. */
  readonly quantile: number
}

/** First pass over held-out and test images, map after map: scores, and how high good px reach. */
export async function calibrate(
  scores: ItemsInput,
  header: ScoresHeader,
  { other, pixelRate }: { readonly other: Reduction; readonly pixelRate: number },
  { signal, progress }: Pick<TaskContext, 'signal' | 'progress'>,
): Promise<Calibration> {
  const heldOutItems = itemsOf(scores, 'held_out')
  const testItems = itemsOf(scores, 'test')
  const from: GoodPixels['from'] = heldOutItems.some(isGood) ? 'held_out' : 'test'
  const quantiles = new PixelQuantiles()
  const heldOut: ScoredItem[] = []
  const tested: ScoredItem[] = []
  const labelled = testItems.filter(({ columns }) => columns.label !== 'unknown')
  const total = heldOutItems.length + testItems.length + labelled.length
  for (const item of [...heldOutItems, ...testItems]) {
    await breathe(signal)
    const { scored, map } = await readScore(scores, item, header, other)
    const list = item.split === 'held_out' ? heldOut : tested
    list.push(scored)
    if (item.split === from && isGood(item)) {
      quantiles.add(resampleMap(map, header, await sizeOf(scores, item)))
    }
    progress(heldOut.length + tested.length, total, 'images')
  }
  const quantile = quantiles.at(pixelRate)
  const median = quantiles.at(0.5)
  const good = quantile && median && { from, px: quantile.px, median: median.threshold, quantile: quantile.threshold }
  return { heldOut, tested, good, total }
}

/** Held-out images come from training, where all are good unless labelled otherwise; test images must be labelled good. */
const isGood = ({ split, columns }: ItemsInput['items'][number]): boolean =>
  split === 'held_out' ? columns.label !== 'nok' : columns.label === 'ok'
