import { formatCount, formatDuration, formatScore } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { VariantFigures } from '../runner/events.ts'
import { type Look, paint } from './look.ts'
import { cutMiddle, displayWidth, padEnd, padStart } from './width.ts'

export interface ComparisonStyle {
  readonly look: Look
  /** The width it may take. */
  readonly columns: number
  /** The metric that puts them in order, the best first. @default image_auroc */
  readonly by?: string | undefined
  /** Variants shown. @default all */
  readonly most?: number
}

interface Column {
  readonly name: string
  readonly cell: (row: VariantFigures) => string
  readonly right?: true
}

const BEST = '*'
const NOT_WORSE = '~'
const LEGEND = `${BEST} best  ${NOT_WORSE} not worse: the paired 95 % interval of the difference to the best holds 0`
/** A variant is cut no further, where even the first metric does not fit beside it. */
const LEAST_VARIANT = 16

/** The variants of a sweep, the best first; columns that do not fit are dropped, time first. Nothing for none. */
export function comparisonTable(rows: readonly VariantFigures[], style: ComparisonStyle): string[] {
  if (rows.length === 0) return []
  const { look, columns, by = 'image_auroc', most = Infinity } = style
  const shown = inOrder(rows, by).slice(0, most)
  const names = shown.map(({ address, stage }) => nameOf(address, stage, rows))
  const kept = fitting(columnsOf(rows), shown, columns - widest(['VARIANT', ...names]))
  const widths = kept.map(({ name, cell }) => widest([name, ...shown.map(cell)]))
  const left = columns - widths.reduce((sum, width) => sum + width + 2, 0)
  const variantWidth = Math.min(widest(['VARIANT', ...names]), Math.max(LEAST_VARIANT, left))
  const line = (variant: string, cells: readonly string[]): string =>
    [
      padEnd(cutMiddle(variant, variantWidth, look.ascii ? '.' : '…'), variantWidth),
      ...cells.map((cell, i) => (kept[i].right ? padStart(cell, widths[i]) : padEnd(cell, widths[i]))),
    ]
      .join('  ')
      .trimEnd()
  const more = rows.length - shown.length
  return [
    line(
      'VARIANT',
      kept.map(({ name }) => name),
    ),
    ...shown.map((row, i) =>
      line(
        names[i],
        kept.map(({ cell }) => cell(row)),
      ),
    ),
    ...(more === 0 ? [] : [`... and ${formatCount(more)} more: pipeline show`]),
    paint(columns < LEGEND.length ? LEGEND.split(':')[0] : LEGEND, 'dim', look),
  ]
}

const widest = (texts: readonly string[]): number => Math.max(...texts.map(displayWidth))

/** By falling value; those without one last, in their own order. */
function inOrder(rows: readonly VariantFigures[], by: string): readonly VariantFigures[] {
  const value = ({ metrics }: VariantFigures): number => (Object.hasOwn(metrics, by) ? (metrics[by].value ?? -1) : -1)
  return [...rows].sort((a, b) => value(b) - value(a))
}

/** The variant; in front of it the stage, where several judge. */
function nameOf(address: string, stage: string, rows: readonly VariantFigures[]): string {
  const name = rows.some((row) => row.stage !== stage) ? address : address.slice(address.indexOf('@') + 1)
  return sanitize(name)
}

/** From the most to the least dear. */
function columnsOf(rows: readonly VariantFigures[]): Column[] {
  const has = (metric: string): boolean => rows.some(({ metrics }) => metrics[metric].value !== null)
  const plain = (name: string, metric: string): Column[] =>
    has(metric) ? [{ name, cell: (row) => scoreText(row, metric, false) }] : []
  return [
    { name: 'IMAGE AUROC', cell: (row) => scoreText(row, 'image_auroc', true) },
    ...plain('PIXEL AUROC', 'pixel_auroc'),
    ...plain('PRO', 'pixel_aupro'),
    ...(rows.some(({ gate }) => gate !== null)
      ? [{ name: 'GATE', cell: ({ gate }: VariantFigures) => gate ?? 'none set' }]
      : []),
    { name: 'TIME', cell: ({ costMs }) => formatDuration(costMs), right: true },
  ]
}

/** Drops the last column, then the interval, then further columns from the end, until the rest fits. */
function fitting(all: readonly Column[], rows: readonly VariantFigures[], width: number): readonly Column[] {
  const [first, ...others] = all
  const bare = { ...first, cell: (row: VariantFigures) => scoreText(row, 'image_auroc', false) }
  const choices = [all, [first, ...others.slice(0, -1)]]
  for (let n = others.length - 1; n >= 0; n--) choices.push([bare, ...others.slice(0, n)])
  const needed = (columns: readonly Column[]): number =>
    columns.reduce((sum, { name, cell }) => sum + 2 + widest([name, ...rows.map(cell)]), 0)
  return choices.find((columns) => needed(columns) <= width) ?? [bare]
}

/** `0.921 [0.893, 0.946] *`. */
function scoreText({ metrics, standings }: VariantFigures, metric: string, withInterval: boolean): string {
  const { value, interval } = metrics[metric]
  const word = standings.find((standing) => standing.metric === metric)?.word
  const mark = word === 'best' ? ` ${BEST}` : word === 'not-worse' ? ` ${NOT_WORSE}` : ''
  return `${formatScore(value, withInterval ? interval : undefined)}${mark}`
}
