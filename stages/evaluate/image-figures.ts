import { accuracy, type Confusion, f1, precision, rankingF1Max, recall } from '../../metrics/f1.ts'
import { weightedRanking } from '../../metrics/ranking.ts'
import { rankingAuroc, rankingAveragePrecision } from '../../metrics/roc.ts'

/** Image metrics under weights, one a labelled image; null counts each once. */
export type ImageFigures = Readonly<
  Record<
    'image_auroc' | 'image_ap' | 'image_f1' | 'image_f1_max' | 'image_accuracy' | 'image_precision' | 'image_recall',
    number | null
  >
>

/** Image metrics of labelled test images, for the whole set and for every resample of it; `nok` is the limit. Without defects only the accuracy is left. */
export function imageFigures(
  scores: readonly number[],
  positive: readonly boolean[],
  nok: number | null,
): (weights: Float64Array | null) => ImageFigures {
  const rank = weightedRanking(scores, positive)
  return (weights) => {
    const ranking = rank(weights)
    const counts = nok === null ? null : confusionUnder(scores, positive, nok, weights)
    const withDefects = positive.includes(true) ? counts : null
    return {
      image_auroc: rankingAuroc(ranking),
      image_ap: rankingAveragePrecision(ranking),
      image_f1: withDefects && f1(withDefects),
      image_f1_max: rankingF1Max(ranking)?.f1 ?? null,
      image_accuracy: counts && accuracy(counts),
      image_precision: withDefects && precision(withDefects),
      image_recall: counts && recall(counts),
    }
  }
}

function confusionUnder(
  scores: readonly number[],
  positive: readonly boolean[],
  nok: number,
  weights: Float64Array | null,
): Confusion {
  const counts = { tp: 0, fp: 0, tn: 0, fn: 0 }
  for (let i = 0; i < scores.length; i++) {
    const called = scores[i] > nok
    counts[positive[i] ? (called ? 'tp' : 'fn') : called ? 'fp' : 'tn'] += weights === null ? 1 : weights[i]
  }
  return counts
}
