import type { ScoresHeader } from '../../artifacts/scores.ts'
import { decodeScore } from '../../artifacts/scores.ts'
import { gradientMagnitude } from '../../imaging/stats.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { rasterOf } from '../../imaging/raster.ts'
import { PixelBaselines } from '../../metrics/pixel-baselines.ts'
import type { ItemsInput, TaskContext } from '../stage.ts'
import { BorderAccount } from './border-account.ts'
import { type PixelCounting, STANDARD_PIXELS } from './pixel-counting.ts'
import { PixelSet } from './pixel-set.ts'
import { breathe, type ScoredItem } from './scored-items.ts'
import { testPixels, type WithoutTruth } from './test-pixels.ts'

/** What the px of the labelled test images tell. */
export interface PixelCounts {
  /** Every px of every image, on one scale: what the baselines and the oracle threshold are taken from. */
  readonly plain: PixelSet
  readonly own: PixelSet
  readonly other: PixelSet
  readonly baselines: PixelBaselines
  readonly border: BorderAccount
  /** Defective share of an image by its place in the list; images with a mask alone. */
  readonly areas: ReadonlyMap<number, number>
  readonly leftOut: Readonly<Record<WithoutTruth, number>>
}

interface CountOptions {
  readonly header: ScoresHeader
  readonly own: PixelCounting
  readonly other: PixelCounting
  readonly threshold: number | null
  readonly called: (item: ScoredItem) => boolean
  /** Images that the first pass and this one read. */
  readonly total: number
}

/** Second pass, over labelled test images: every way of counting px at once, image after image. */
export async function countPixels(
  scores: ItemsInput,
  labelled: readonly ScoredItem[],
  { header, own, other, threshold, called, total }: CountOptions,
  { signal, progress, draw }: Pick<TaskContext, 'signal' | 'progress' | 'draw'>,
): Promise<PixelCounts> {
  const sets = new Map<string, PixelSet>()
  const setOf = (counting: PixelCounting): PixelSet => {
    const name = canonicalJson(counting)
    const set = sets.get(name) ?? new PixelSet(counting, header, threshold)
    sets.set(name, set)
    return set
  }
  const counts = {
    plain: setOf(STANDARD_PIXELS),
    own: setOf(own),
    other: setOf(other),
    baselines: new PixelBaselines(),
    border: new BorderAccount(header),
  }
  const areas = new Map<number, number>()
  const leftOut: Record<WithoutTruth, number> = { withoutMask: 0, contradictory: 0 }
  const chosen = new Map([...sets.values()].map((set) => [set, chosenBy(set.counting, labelled, draw)]))
  for (const [i, scored] of labelled.entries()) {
    const { item } = scored
    await breathe(signal)
    progress(total - labelled.length + i, total, 'images')
    const { map } = decodeScore(await scores.read(item), header.grid)
    const image = await testPixels(scores, item, map)
    if (typeof image === 'string') {
      leftOut[image]++
      continue
    }
    for (const [set, places] of chosen) if (places.has(i)) set.add(i, image)
    const { data, channels } = await scores.render(item)
    const { mask, nok, width, height } = image
    const gradient = gradientMagnitude(rasterOf(data, width, height, channels))
    counts.baselines.add({ gradient, mask, nok, width, height })
    counts.border.add(image, called(scored))
    if (mask) areas.set(i, mask.reduce((px, value) => px + (value === 0 ? 0 : 1), 0) / mask.length)
  }
  progress(total, total, 'images')
  return { ...counts, areas, leftOut }
}

/** Places of the images whose px count; a sample is the same whatever other images there are. */
function chosenBy(
  { images, sample }: PixelCounting,
  labelled: readonly ScoredItem[],
  draw: TaskContext['draw'],
): ReadonlySet<number> {
  const eligible = labelled.flatMap(({ label, item }, i) =>
    label === 'nok' ? (item.mask === undefined ? [] : [i]) : images === 'all' ? [i] : [],
  )
  if (sample === 'all' || eligible.length <= sample) return new Set(eligible)
  const lot = new Map(eligible.map((i) => [i, draw('pixel sample', labelled[i].item.digest, labelled[i].id).next()]))
  return new Set(eligible.sort((a, b) => lot.get(a)! - lot.get(b)!).slice(0, sample))
}
