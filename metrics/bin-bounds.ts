import { rankingF1Max } from './f1.ts'
import { total, type Ranking } from './ranking.ts'

/** How far `rankingAuroc` may lie from that of the px themselves, when each group is a bin of them: half the pairs in a bin. */
export function aurocBound({ positives, negatives }: Ranking): number {
  const pairs = total(positives) * total(negatives)
  let within = 0
  for (let g = 0; g < positives.length; g++) within += positives[g] * negatives[g]
  return pairs === 0 ? 0 : within / 2 / pairs
}

/**
 * The same for `rankingAveragePrecision`. In a bin of p positives and n negatives after tp and fp, the best order has all
 * positives first and tied, the worst all negatives first and the positives apart: sum (tp + i)/(tp + fp + n + i),
 * i = 1 .. p, which is at least p - (fp + n) ln((tp + fp + n + p)/(tp + fp + n)).
 */
export function averagePrecisionBound({ positives, negatives }: Ranking): number {
  const allPositives = total(positives)
  if (allPositives === 0) return 0
  let tp = 0
  let fp = 0
  let above = 0
  let below = 0
  for (let g = 0; g < positives.length; g++) {
    const p = positives[g]
    const passed = fp + negatives[g]
    if (p > 0) {
      const tied = (p * (tp + p)) / (tp + p + passed)
      above += (p * (tp + p)) / (tp + p + fp) - tied
      below += tied - (passed === 0 ? p : p - passed * Math.log1p(p / (tp + passed)))
    }
    tp += p
    fp = passed
  }
  return Math.max(above, below) / allPositives
}

/** How far above `rankingF1Max` the best F1 over the px themselves may lie; it never lies below. */
export function f1MaxBound(ranking: Ranking): number {
  const found = rankingF1Max(ranking)
  if (found === null) return 0
  const allPositives = total(ranking.positives)
  let tp = 0
  let fp = 0
  let best = found.f1
  for (let g = 0; g < ranking.positives.length; g++) {
    tp += ranking.positives[g]
    best = Math.max(best, (2 * tp) / (tp + fp + allPositives))
    fp += ranking.negatives[g]
  }
  return best - found.f1
}
