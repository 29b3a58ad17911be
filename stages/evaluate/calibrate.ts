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
  /** Px of good held-out images; of good test images where none is held out, for the colour scale alone. */
  readonly good: PixelQuantiles
  readonly goodFrom: 'held_out' | 'test'
  /** Images that this pass and that over labelled test images read. */
  readonly total: number
}

/** First pass over held-out and test images, map after map: scores, and how high good px reach at the size of their images. */
export async function calibrate(
  scores: ItemsInput,
  header: ScoresHeader,
  other: Reduction,
  { signal, progress }: Pick<TaskContext, 'signal' | 'progress'>,
): Promise<Calibration> {
  const heldOutItems = itemsOf(scores, 'held_out')
  const testItems = itemsOf(scores, 'test')
  const goodFrom = heldOutItems.some(isGood) ? 'held_out' : 'test'
  const good = new PixelQuantiles()
  const heldOut: ScoredItem[] = []
  const tested: ScoredItem[] = []
  const labelled = testItems.filter(({ columns }) => columns.label !== 'unknown')
  const total = heldOutItems.length + testItems.length + labelled.length
  for (const item of [...heldOutItems, ...testItems]) {
    await breathe(signal)
    const { scored, map } = await readScore(scores, item, header, other)
    const list = item.split === 'held_out' ? heldOut : tested
    list.push(scored)
    if (item.split === goodFrom && isGood(item)) {
      const { width, height } = await sizeOf(scores, item)
      good.add(resampleMap(map, header, width, height))
    }
    progress(heldOut.length + tested.length, total, 'images')
  }
  return { heldOut, tested, good, goodFrom, total }
}

/** Held-out images come from training, where all are good unless labelled otherwise; test images must be labelled good. */
const isGood = ({ split, columns }: ItemsInput['items'][number]): boolean =>
  split === 'held_out' ? columns.label !== 'nok' : columns.label === 'ok'
