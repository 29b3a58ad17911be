import { rankScores, total, type Ranking } from './ranking.ts'

/** A point of the ROC curve: the rates among items with score >= threshold. */
export interface RocPoint {
  readonly threshold: number
  readonly falsePositiveRate: number
  readonly truePositiveRate: number
}

/** A point of the precision-recall curve, for items with score >= threshold. */
export interface PrPoint {
  readonly threshold: number
  readonly recall: number
  readonly precision: number
}

const REPORT_POINTS = 512

/**
 * The ROC curve from (0, 0), whose threshold is Infinity, to (1, 1), thinned to at most `maxPoints` points that lie evenly
 * along the curve. Null where one class is missing.
 */
export function rocCurve(
  scores: ArrayLike<number>,
  positive: ArrayLike<number | boolean>,
  maxPoints = REPORT_POINTS,
): RocPoint[] | null {
  return rankingRocCurve(rankScores(scores, positive), maxPoints)
}

/**
 * The precision-recall curve by rising recall, thinned as `rocCurve`. Each point stands for a step of the recall as in
 * average precision; there is no added point at recall 0. Null where one class is missing.
 */
export function prCurve(
  scores: ArrayLike<number>,
  positive: ArrayLike<number | boolean>,
  maxPoints = REPORT_POINTS,
): PrPoint[] | null {
  return rankingPrCurve(rankScores(scores, positive), maxPoints)
}

/** `rocCurve` of a ranking. */
export function rankingRocCurve(ranking: Ranking, maxPoints = REPORT_POINTS): RocPoint[] | null {
  const steps = cumulate(ranking)
  if (steps === null) return null
  const { scores, tp, fp, allPositives, allNegatives } = steps
  const x = [0, ...Array.from(fp, (n) => n / allNegatives)]
  const y = [0, ...Array.from(tp, (n) => n / allPositives)]
  return thin(x, y, maxPoints).map((i) => ({
    threshold: i === 0 ? Infinity : scores[i - 1],
    falsePositiveRate: x[i],
    truePositiveRate: y[i],
  }))
}

/** `prCurve` of a ranking. */
export function rankingPrCurve(ranking: Ranking, maxPoints = REPORT_POINTS): PrPoint[] | null {
  const steps = cumulate(ranking)
  if (steps === null) return null
  const { scores, tp, fp, allPositives } = steps
  const recall = Array.from(tp, (n) => n / allPositives)
  const precision = Array.from(tp, (n, g) => n / (n + fp[g]))
  return thin(recall, precision, maxPoints).map((i) => ({
    threshold: scores[i],
    recall: recall[i],
    precision: precision[i],
  }))
}

/**
 * True positive rate at each of the given false positive rates, linear between the points of the ROC curve and the highest
 * one where the curve rises straight up: what an interval band around the curve is made of.
 */
export function truePositiveRatesAt(ranking: Ranking, falsePositiveRates: readonly number[]): number[] | null {
  const steps = cumulate(ranking)
  if (steps === null) return null
  const { tp, fp, allPositives, allNegatives } = steps
  return falsePositiveRates.map((rate) => {
    const wanted = rate * allNegatives
    const next = fp.findIndex((n) => n > wanted)
    if (next < 0) return 1
    const [x0, y0] = next === 0 ? [0, 0] : [fp[next - 1], tp[next - 1]]
    return (y0 + ((tp[next] - y0) * (wanted - x0)) / (fp[next] - x0)) / allPositives
  })
}

/** Counts at or above each group that holds anything; null where one class is missing. */
function cumulate({ scores, positives, negatives }: Ranking) {
  const allPositives = total(positives)
  const allNegatives = total(negatives)
  if (allPositives === 0 || allNegatives === 0) return null
  const held = { scores: [] as number[], tp: [] as number[], fp: [] as number[] }
  let tp = 0
  let fp = 0
  for (let g = 0; g < scores.length; g++) {
    if (positives[g] === 0 && negatives[g] === 0) continue
    tp += positives[g]
    fp += negatives[g]
    held.scores.push(scores[g])
    held.tp.push(tp)
    held.fp.push(fp)
  }
  return { ...held, allPositives, allNegatives }
}

/** Indices of at most `maxPoints` points: the first, the last, and the last of each equal stretch of |dx| + |dy|. */
function thin(x: readonly number[], y: readonly number[], maxPoints: number): number[] {
  const last = x.length - 1
  if (x.length <= maxPoints) return [...x.keys()]
  const travelled = new Float64Array(x.length)
  for (let i = 1; i < x.length; i++) {
    travelled[i] = travelled[i - 1] + Math.abs(x[i] - x[i - 1]) + Math.abs(y[i] - y[i - 1])
  }
  const stretch = (i: number): number =>
    Math.min(maxPoints - 2, Math.floor((travelled[i] / travelled[last]) * (maxPoints - 1)))
  const kept = [0]
  for (let i = 1; i <= last; i++) if (i === last || stretch(i) !== stretch(i + 1)) kept.push(i)
  return kept
}
