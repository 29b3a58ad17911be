import type { Label } from '../../artifacts/items.ts'
import type { Decision, VerdictItem } from '../../artifacts/verdict.ts'
import type { CommonImage } from './paired-metrics.ts'

/** What became of an image whose verdict flipped, in the order they are told; images without a label are neither right nor wrong. */
export const FLIP_GROUPS = [
  'now a miss',
  'now a false reject',
  'now right',
  'now rejected',
  'no longer rejected',
] as const
export type FlipGroup = (typeof FLIP_GROUPS)[number]

export interface Flip {
  readonly group: FlipGroup
  readonly image: string
  readonly label: Label
  readonly defect?: string
  readonly before: { readonly score: number; readonly decision: Decision }
  readonly after: { readonly score: number; readonly decision: Decision }
}

/**
 * Images that are rejected (NOK) in one of two verdicts only; CLOSE does not reject. Grouped, in each group the largest change of the
 * score first. Images without a decision on both sides cannot flip.
 */
export function flipsOf(images: readonly CommonImage[]): Flip[] {
  return images
    .flatMap(({ before, after }): Flip[] => {
      if (before.decision === null || after.decision === null) return []
      const rejected = after.decision === 'NOK'
      if (rejected === (before.decision === 'NOK')) return []
      const { id: image, label, defect } = after
      return [
        {
          group: groupOf(label, rejected),
          image,
          label,
          ...(defect !== undefined && { defect }),
          before: { score: before.score, decision: before.decision },
          after: { score: after.score, decision: after.decision },
        },
      ]
    })
    .sort(
      (a, b) =>
        FLIP_GROUPS.indexOf(a.group) - FLIP_GROUPS.indexOf(b.group) ||
        change(b) - change(a) ||
        (a.image < b.image ? -1 : 1),
    )
}

function groupOf(label: VerdictItem['label'], rejected: boolean): FlipGroup {
  if (label === 'unknown') return rejected ? 'now rejected' : 'no longer rejected'
  if ((label === 'nok') === rejected) return 'now right'
  return label === 'nok' ? 'now a miss' : 'now a false reject'
}

const change = ({ before, after }: Flip): number => Math.abs(after.score - before.score)
