import type { Confusion, Thresholds, VerdictItem } from '../../artifacts/verdict.ts'
import { decide, type State } from '../../metrics/threshold.ts'
import { pValue } from '../../metrics/threshold.ts'
import type { Calibration } from './calibrate.ts'
import type { ScoredItem } from './scored-items.ts'

/** The decision at the limits; null without them. */
function decisionOf(score: number, { image: { close, nok } }: Thresholds): State | null {
  return nok === null ? null : decide(score, { close, nok })
}

/** Held-out and test images by id. A p-value compares a test image with the held-out ones, so these have none themselves. */
export function verdictItems({ heldOut, tested }: Calibration, thresholds: Thresholds): VerdictItem[] {
  const { heldOutScores } = thresholds
  return [...heldOut, ...tested]
    .map(({ item: { digest, split }, id, label, defect, part, score }) => ({
      id,
      digest,
      split,
      label,
      ...(defect !== undefined && { defect }),
      ...(part !== undefined && { part }),
      score,
      pValue: split === 'test' && heldOutScores.length > 0 ? pValue(score, heldOutScores) : null,
      decision: decisionOf(score, thresholds),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

/** Labelled test images by label and decision; null without limits. */
export function confusionTable(labelled: readonly ScoredItem[], thresholds: Thresholds): Confusion | null {
  if (thresholds.image.nok === null) return null
  const table = { ok: { OK: 0, CLOSE: 0, NOK: 0 }, nok: { OK: 0, CLOSE: 0, NOK: 0 } }
  for (const { label, score } of labelled) {
    const decision = decisionOf(score, thresholds)
    if (decision !== null) table[label === 'nok' ? 'nok' : 'ok'][decision]++
  }
  return table
}
