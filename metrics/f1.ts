import { rankScores, total, type Ranking } from './ranking.ts'

/** Decisions against labels; positive = defective = NOK. */
export interface Confusion {
  readonly tp: number
  readonly fp: number
  readonly tn: number
  readonly fn: number
}

/**
 * The best F1 over all distinct scores, NOK if score >= threshold: an oracle, since it looks at the labels it is judged by.
 * Of several thresholds with the same F1 the highest. Null without positives.
 */
export function f1Max(
  scores: ArrayLike<number>,
  positive: ArrayLike<number | boolean>,
): { f1: number; threshold: number } | null {
  return rankingF1Max(rankScores(scores, positive))
}

/** `f1Max` of a ranking. */
export function rankingF1Max({ scores, positives, negatives }: Ranking): { f1: number; threshold: number } | null {
  const allPositives = total(positives)
  if (allPositives === 0) return null
  let best = { f1: -1, threshold: NaN }
  let tp = 0
  let fp = 0
  for (let g = 0; g < scores.length; g++) {
    if (positives[g] === 0 && negatives[g] === 0) continue
    tp += positives[g]
    fp += negatives[g]
    const value = (2 * tp) / (tp + fp + allPositives)
    if (value > best.f1) best = { f1: value, threshold: scores[g] }
  }
  return best
}

/** The best F1 over given thresholds alone, such as the 200 linear steps of the thesis' pixel threshold. NOK if score >= threshold. */
export function rankingF1MaxOver(
  ranking: Ranking,
  thresholds: readonly number[],
): { f1: number; threshold: number } | null {
  if (total(ranking.positives) === 0) return null
  const falling = [...thresholds].sort((a, b) => b - a)
  let best: { f1: number; threshold: number } | null = null
  let tp = 0
  let fp = 0
  let g = 0
  for (const threshold of falling) {
    for (; g < ranking.scores.length && ranking.scores[g] >= threshold; g++) {
      tp += ranking.positives[g]
      fp += ranking.negatives[g]
    }
    const value = (2 * tp) / (tp + fp + total(ranking.positives))
    if (best === null || value > best.f1) best = { f1: value, threshold }
  }
  return best
}

/** Counts decisions at a threshold. The house's rule is NOK if score > threshold; `>=` is the oracle's. */
export function confusion(
  scores: ArrayLike<number>,
  positive: ArrayLike<number | boolean>,
  threshold: number,
  rule: '>' | '>=' = '>',
): Confusion {
  const counts = { tp: 0, fp: 0, tn: 0, fn: 0 }
  for (let i = 0; i < scores.length; i++) {
    const nok = rule === '>' ? scores[i] > threshold : scores[i] >= threshold
    counts[positive[i] ? (nok ? 'tp' : 'fn') : nok ? 'fp' : 'tn']++
  }
  return counts
}

/** Share of right decisions; null without items. */
export const accuracy = ({ tp, fp, tn, fn }: Confusion): number | null => share(tp + tn, tp + fp + tn + fn)

/** Share of true defects among what was called NOK; null where nothing was. */
export const precision = ({ tp, fp }: Confusion): number | null => share(tp, tp + fp)

/** Share of the defects that were called NOK; null without defects. */
export const recall = ({ tp, fn }: Confusion): number | null => share(tp, tp + fn)

/** Share of the good items that were called NOK, the false rejects; null without good items. */
export const falsePositiveRate = ({ fp, tn }: Confusion): number | null => share(fp, fp + tn)

/** Harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn); null where there is neither a defect nor a NOK. */
export const f1 = ({ tp, fp, fn }: Confusion): number | null => share(2 * tp, 2 * tp + fp + fn)

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
