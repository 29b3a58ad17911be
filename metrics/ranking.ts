/** Scores in falling order; equal scores (or the scores of one histogram bin) form one group. Every ranking metric reads this. */
export interface Ranking {
  /** The score of each group; of a histogram bin its lowest, so that `score >= scores[g]` holds for groups 0 .. g. */
  readonly scores: Float64Array
  /** Defective items in each group. */
  readonly positives: Float64Array
  /** Good items in each group. */
  readonly negatives: Float64Array
}

/** A ranking of px, with what the per-region overlap needs. */
export interface PixelRanking extends Ranking {
  /** Sum, in each group, of 1 / (size of its region) over the px inside regions. */
  readonly overlaps: Float64Array
  /** Regions in the whole set; 0 where there are none or not all are known. */
  readonly regions: number
}

/**
 * Ranks scores by label. `positive[i]` is truthy where item i is defective. Scores must be finite: a NaN has no rank, and
 * whoever made it has broken its contract, so it throws.
 */
export function rankScores(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): Ranking {
  return weightedRanking(scores, positive)(null)
}

/**
 * Sorts once and ranks under many weightings, as the bootstrap needs: `weights[i]` counts item i, null counts each item once.
 * The arrays of the last ranking are reused by the next.
 */
export function weightedRanking(
  scores: ArrayLike<number>,
  positive: ArrayLike<number | boolean>,
): (weights: ArrayLike<number> | null) => Ranking {
  if (scores.length !== positive.length) throw new Error(`${scores.length} scores for ${positive.length} labels`)
  const order = new Uint32Array(scores.length)
  for (let i = 0; i < order.length; i++) {
    if (!Number.isFinite(scores[i])) throw new Error(`score ${i} is ${scores[i]}`)
    order[i] = i
  }
  order.sort((a, b) => scores[b] - scores[a])
  const groupOf = new Uint32Array(order.length)
  const distinct: number[] = []
  for (const i of order) {
    if (distinct.length === 0 || scores[i] !== distinct[distinct.length - 1]) distinct.push(scores[i])
    groupOf[i] = distinct.length - 1
  }
  const ranking = emptyRanking(distinct.length)
  ranking.scores.set(distinct)

  return (weights) => {
    ranking.positives.fill(0)
    ranking.negatives.fill(0)
    for (let i = 0; i < groupOf.length; i++) {
      const side = positive[i] ? ranking.positives : ranking.negatives
      side[groupOf[i]] += weights === null ? 1 : weights[i]
    }
    return ranking
  }
}

export function emptyRanking(groups: number): Ranking {
  return { scores: new Float64Array(groups), positives: new Float64Array(groups), negatives: new Float64Array(groups) }
}

/** Sum of counts. */
export function total(counts: Float64Array): number {
  let sum = 0
  for (const count of counts) sum += count
  return sum
}
