import type { ImageFacts, Label } from '../../artifacts/items.ts'
import { decodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import { reduceMap, type Reduction } from '../../metrics/reduce.ts'
import type { ItemsInput, TaskItem } from '../stage.ts'

/** A held-out or test image with its scores. */
export interface ScoredItem {
  readonly item: TaskItem
  readonly id: string
  readonly label: Label
  readonly defect: string | undefined
  readonly part: string | undefined
  /** As the score stage reduced its map. */
  readonly score: number
  /** As the other protocol reduces it. */
  readonly otherScore: number
}

/** The items of a split in an order that file names do not change; images of equal content by their id. */
export function itemsOf({ items }: ItemsInput, split: TaskItem['split']): TaskItem[] {
  return items.filter((item) => item.split === split).sort((a, b) => compare(orderOf(a), orderOf(b)))
}

const orderOf = ({ digest, copy, columns }: TaskItem): string =>
  `${digest} ${String(copy).padStart(6, '0')} ${columns.id ?? ''}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Reads a stored map and score, and reduces the map once more. */
export async function readScore(
  scores: ItemsInput,
  item: TaskItem,
  { grid, pixelError }: Pick<ScoresHeader, 'grid' | 'pixelError'>,
  other: Reduction,
): Promise<{ scored: ScoredItem; map: Float32Array }> {
  const { score, map } = decodeScore(await scores.read(item), grid)
  const { id = item.digest, label = 'unknown', defect, part } = item.columns
  // Maps of absolute differences are not what scores are made of.
  const otherScore = pixelError === 'absolute' ? score : reduceMap(map, grid, grid, other).score
  return { scored: { item, id, label, defect, part, score, otherScore }, map }
}

/** Size of the image in px, from what decoding it once told, else by rendering it. */
export async function sizeOf(scores: ItemsInput, item: TaskItem): Promise<Pick<ImageFacts, 'width' | 'height'>> {
  return item.columns.facts ?? (await scores.render(item))
}

/** Lets a cancel in between two images. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}
