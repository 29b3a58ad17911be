import { rankScores, total, type Ranking } from './ranking.ts'

/**
 * Area under the ROC curve, P(defective scores higher) + P(equal) / 2 (Mann-Whitney, ties averaged).
 * Null where one class is missing: the area is undefined then, never 0.5.
 */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): number | null {
  return rankingAuroc(rankScores(scores, positive))
}

/** Average precision, step-wise: sum of (R_n - R_{n-1}) P_n over the distinct scores. Null where one class is missing. */
export function averagePrecision(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): number | null {
  return rankingAveragePrecision(rankScores(scores, positive))
}

/** `auroc` of a ranking. */
export function rankingAuroc({ positives, negatives }: Ranking): number | null {
  let below = total(negatives)
  const pairs = below * total(positives)
  if (pairs === 0) return null
  let won = 0
  for (let g = 0; g < positives.length; g++) {
    below -= negatives[g]
    won += positives[g] * (below + negatives[g] / 2)
  }
  return won / pairs
}

/** `averagePrecision` of a ranking. */
export function rankingAveragePrecision({ positives, negatives }: Ranking): number | null {
  const allPositives = total(positives)
  if (allPositives === 0 || total(negatives) === 0) return null
  let tp = 0
  let fp = 0
  let area = 0
  for (let g = 0; g < positives.length; g++) {
    tp += positives[g]
    fp += negatives[g]
    if (positives[g] > 0) area += (positives[g] * tp) / (tp + fp)
  }
  return area / allPositives
}
