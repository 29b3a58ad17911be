import { aupro } from '../../metrics/aupro.ts'
import { type Confusion, f1, rankingF1Max, rankingF1MaxOver } from '../../metrics/f1.ts'
import type { ImageHistograms } from '../../metrics/image-histograms.ts'
import type { PixelRanking } from '../../metrics/ranking.ts'
import { rankingAuroc, rankingAveragePrecision } from '../../metrics/roc.ts'
import type { PixelSet } from './pixel-set.ts'

export type PixelFigures = Readonly<
  Record<'pixel_auroc' | 'pixel_auroc_nok' | 'pixel_ap' | 'pixel_aupro' | 'pixel_f1' | 'pixel_f1_max', number | null>
>

/** The thesis looks for its pixel threshold in 200 linear steps of maps scaled to 0 .. 1. */
const LINEAR_STEPS = Array.from({ length: 200 }, (_, i) => i / 199)

/**
 * Pixel metrics of a set: exact ones where it is small enough, and those of any resample of its images from their histograms.
 * `oracle`: pixel F1 at the best threshold instead of the given one.
 */
export function pixelFigures(set: PixelSet, { oracle }: { readonly oracle: boolean }) {
  const f1Of = (ranking: PixelRanking, confusions: Confusion | null): number | null => {
    if (oracle && set.counting.minmax) return rankingF1MaxOver(ranking, LINEAR_STEPS)?.f1 ?? null
    if (oracle) return rankingF1Max(ranking)?.f1 ?? null
    return confusions === null || confusions.tp + confusions.fn === 0 ? null : f1(confusions)
  }
  const of = (all: PixelRanking, nok: PixelRanking, confusion: Confusion | null): PixelFigures => ({
    pixel_auroc: rankingAuroc(all),
    pixel_auroc_nok: rankingAuroc(nok),
    pixel_ap: rankingAveragePrecision(all),
    pixel_aupro: aupro(all),
    pixel_f1: f1Of(all, confusion),
    pixel_f1_max: rankingF1Max(all)?.f1 ?? null,
  })
  const { metrics, members, confusions } = set
  return {
    exact: (): PixelFigures =>
      of(metrics.ranking('all').ranking, metrics.ranking('nok').ranking, summed(confusions, null)),
    /** `weights`: one a labelled test image. */
    resampled(histograms: ImageHistograms, weights: Float64Array): PixelFigures {
      const own = Float64Array.from(members, (index) => weights[index])
      return of(histograms.ranking(own, 'all'), histograms.ranking(own, 'nok'), summed(confusions, own))
    },
  }
}

function summed(confusions: readonly Confusion[], weights: Float64Array | null): Confusion | null {
  if (confusions.length === 0) return null
  const sum = { tp: 0, fp: 0, tn: 0, fn: 0 }
  for (const [i, { tp, fp, tn, fn }] of confusions.entries()) {
    const weight = weights === null ? 1 : weights[i]
    sum.tp += weight * tp
    sum.fp += weight * fp
    sum.tn += weight * tn
    sum.fn += weight * fn
  }
  return sum
}
