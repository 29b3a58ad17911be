import type { VariantFigures } from '../../runner/events.ts'

/** A variant with its axis values as the spec spells them. */
export interface ComparedVariant extends VariantFigures {
  /** `variance=0.90,lr=1e-3`; the stage in front where several judge. */
  readonly label: string
  readonly cells: ReadonlyMap<string, string>
}

/** Address of a verdict -> axis -> its value as the spec spells it. */
export type Spelling = ReadonlyMap<string, ReadonlyMap<string, string>>

/** The variants by falling value of a metric, those without one last. */
export function inOrder(rows: readonly VariantFigures[], metric: string, spelling: Spelling): ComparedVariant[] {
  const several = new Set(rows.map(({ stage }) => stage)).size > 1
  const value = ({ metrics }: VariantFigures): number => valueOf(metrics, metric) ?? -Infinity
  return [...rows]
    .sort((a, b) => value(b) - value(a))
    .map((row) => ({
      ...row,
      label: several ? row.address : row.address.slice(row.address.indexOf('@') + 1),
      cells: spelling.get(row.address) ?? new Map<string, string>(),
    }))
}

/** The value of a metric; null where the variant has none. */
export const valueOf = (metrics: VariantFigures['metrics'], metric: string): number | null =>
  Object.hasOwn(metrics, metric) ? metrics[metric].value : null

/** Every axis with its values in the order in which the spec first uses them, numbers rising. */
export function axesOf(variants: readonly ComparedVariant[]): ReadonlyMap<string, readonly string[]> {
  const axes = new Map<string, Set<string>>()
  for (const { cells } of variants)
    for (const [axis, value] of cells) axes.set(axis, (axes.get(axis) ?? new Set()).add(value))
  return new Map(
    [...axes].map(([axis, values]) => {
      const all = [...values]
      const areNumbers = all.every((value) => value.trim() !== '' && Number.isFinite(Number(value)))
      return [axis, all.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1))]
    }),
  )
}
