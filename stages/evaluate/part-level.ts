import type { Verdict } from '../../artifacts/verdict.ts'
import { bootstrapInterval } from '../../metrics/bootstrap.ts'
import { weightedRanking } from '../../metrics/ranking.ts'
import { auroc, rankingAuroc } from '../../metrics/roc.ts'
import { metricValue } from './metric-value.ts'
import type { ScoredItem } from './scored-items.ts'

/** AUROC of parts, where some part has several test images: its score is the highest of them, it is defective if one of them is. */
export function partLevel(
  labelled: readonly ScoredItem[],
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): Verdict['parts'] {
  const parts = new Map<string, { score: number; nok: boolean; images: number }>()
  for (const { part, score, label } of labelled) {
    if (part === undefined) continue
    const known = parts.get(part) ?? { score: -Infinity, nok: false, images: 0 }
    parts.set(part, {
      score: Math.max(known.score, score),
      nok: known.nok || label === 'nok',
      images: known.images + 1,
    })
  }
  const units = [...parts.values()]
  if (!units.some(({ images }) => images > 1)) return null
  const scores = units.map(({ score }) => score)
  const positive = units.map(({ nok }) => nok)
  const rank = weightedRanking(scores, positive)
  const interval =
    resamples === 0
      ? null
      : bootstrapInterval({
          groups: [...parts.keys()],
          labels: positive,
          seed,
          resamples,
          statistic: (weights) => rankingAuroc(rank(weights)),
        })
  const reason = 'needs good and defective parts'
  return { parts: units.length, auroc: metricValue(auroc(scores, positive), { reason, interval }) }
}
