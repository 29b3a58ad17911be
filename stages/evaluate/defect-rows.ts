import type { DefectRow } from '../../artifacts/verdict.ts'
import { quantile } from '../../metrics/bootstrap.ts'
import type { ImageHistograms } from '../../metrics/image-histograms.ts'
import { weightedRanking } from '../../metrics/ranking.ts'
import { rankingAuroc } from '../../metrics/roc.ts'
import type { Intervals } from './intervals.ts'
import { metricValue } from './metric-value.ts'
import type { ScoredItem } from './scored-items.ts'

/** Defective images of one kind, by their places in the list of labelled test images. */
export interface DefectGroup {
  readonly name: string
  readonly members: readonly number[]
}

/** By the name of the defect, where any is known. */
export function groupsByName(labelled: readonly ScoredItem[]): DefectGroup[] {
  const groups = new Map<string, number[]>()
  for (const [i, { label, defect = UNNAMED }] of labelled.entries()) {
    if (label === 'nok') groups.set(defect, [...(groups.get(defect) ?? []), i])
  }
  if (groups.size === 1 && groups.has(UNNAMED)) return []
  return [...groups].map(([name, members]) => ({ name, members }))
}
const UNNAMED = 'not named'

/** Shares of the image up to which a defect counts as of one size. */
const SIZES = [
  { upTo: 0.001, name: 'up to 0.1 % of the image' },
  { upTo: 0.01, name: '0.1 % to 1 %' },
  { upTo: 0.1, name: '1 % to 10 %' },
  { upTo: 1, name: 'above 10 %' },
] as const

/** By the defective share of the image; `areas` knows it for images with a mask. */
export function groupsBySize(areas: ReadonlyMap<number, number>): DefectGroup[] {
  const sizeOf = (share: number): number => SIZES.findIndex(({ upTo }) => share <= upTo)
  return SIZES.map(({ name }, size) => ({
    name,
    members: [...areas].filter(([, share]) => sizeOf(share) === size).map(([at]) => at),
  })).filter(({ members }) => members.length > 0)
}

/** The truth and the scores that rows are made from; places as in `DefectGroup`. */
export interface RowEvidence {
  readonly scores: readonly number[]
  readonly positive: readonly boolean[]
  /** The NOK limit. */
  readonly nok: number | null
  readonly areas: ReadonlyMap<number, number>
  /** Null where no px could be counted. `members`: the place of each image of the histograms. */
  readonly pixels: { readonly histograms: ImageHistograms; readonly members: readonly number[] } | null
}

/** Rows of defective images of one kind against all good ones, and their figures for the bootstrap, under names of their own. */
export function defectTable(title: string, groups: readonly DefectGroup[], evidence: RowEvidence) {
  const rows = groups.map((group) => ({ group, figures: groupFigures(group, evidence) }))
  const nameOf = (figure: string, { name }: DefectGroup): string => `${title} ${figure} ${name}`
  return {
    figures: (weights: Float64Array): Record<string, number | null> =>
      Object.fromEntries(
        rows.flatMap(({ group, figures }) => {
          const { recall, auroc } = figures(weights)
          return [[nameOf('recall', group), recall] as const, [nameOf('auroc', group), auroc] as const]
        }),
      ),
    rows: (intervals: Intervals): DefectRow[] =>
      rows.map(({ group, figures }) => {
        const { recall, auroc } = figures(null)
        return {
          defect: group.name,
          images: group.members.length,
          recall: metricValue(recall, { reason: 'no limits', interval: intervals.get(nameOf('recall', group)) }),
          imageAuroc: metricValue(auroc, {
            reason: 'no good test image',
            interval: intervals.get(nameOf('auroc', group)),
          }),
          pixelAuroc: metricValue(pixelAuroc(group, evidence), { reason: 'no mask' }),
          medianAreaShare: medianArea(group, evidence),
        }
      }),
  }
}

/** Recall at the limit and AUROC against all good images, for the set (weights null) and for its resamples. */
function groupFigures({ members }: DefectGroup, { scores, positive, nok }: RowEvidence) {
  const inside = new Set(members)
  const places = scores.map((_, i) => i).filter((i) => !positive[i] || inside.has(i))
  const rank = weightedRanking(
    places.map((i) => scores[i]),
    places.map((i) => positive[i]),
  )
  return (weights: Float64Array | null): { readonly recall: number | null; readonly auroc: number | null } => {
    const auroc = rankingAuroc(rank(weights && places.map((i) => weights[i])))
    let all = 0
    let called = 0
    for (const i of members) {
      const weight = weights === null ? 1 : weights[i]
      all += weight
      if (nok !== null && scores[i] > nok) called += weight
    }
    return { recall: nok === null || all === 0 ? null : called / all, auroc }
  }
}

function pixelAuroc({ members }: DefectGroup, { pixels, positive }: RowEvidence): number | null {
  if (pixels === null) return null
  const inside = new Set(members)
  const weights = pixels.members.map((at) => (!positive[at] || inside.has(at) ? 1 : 0))
  return rankingAuroc(pixels.histograms.ranking(weights))
}

function medianArea({ members }: DefectGroup, { areas }: RowEvidence): number | null {
  const known = members.flatMap((at) => areas.get(at) ?? []).sort((a, b) => a - b)
  return known.length === 0 ? null : quantile(known, 0.5)
}

/** Worst first: by recall, then by AUROC, then by name. */
export const worstFirst = (a: DefectRow, b: DefectRow): number =>
  (a.recall.value ?? 0) - (b.recall.value ?? 0) ||
  (a.imageAuroc.value ?? 0) - (b.imageAuroc.value ?? 0) ||
  (a.defect < b.defect ? -1 : 1)
