import { csvText } from '../base/csv.ts'
import type { Verdict } from '../artifacts/verdict.ts'

/** One line per held-out and test image, highest score first; RFC 4180. */
export function csvOf({ items }: Verdict): string {
  const rows = [...items]
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .map(({ id, split, label, defect, part, score, pValue, decision }) => [
      id,
      split,
      label,
      defect ?? null,
      part ?? null,
      score,
      pValue,
      decision,
    ])
  return csvText([['image', 'split', 'label', 'defect', 'part', 'score', 'p_value', 'verdict'], ...rows])
}
