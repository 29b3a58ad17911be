import { PAIRED_METRICS } from '../artifacts/verdict.ts'
import { csvText } from '../base/csv.ts'
import { digestValue } from '../base/digest.ts'
import { formatDuration, formatScore } from '../base/format.ts'
import { markdownTable } from '../base/markdown.ts'
import type { VariantFigures } from './events.ts'
import type { OutputFile } from './outputs-folder.ts'
import { labelsIn } from './select/addressed.ts'

/** The comparison of a sweep as people keep it. Without times: the same run leaves the same bytes. */
export function comparisonFiles(rows: readonly VariantFigures[]): OutputFile[] {
  const timeless = rows.map(({ stage, variant, address, metrics, standings, gate }) => ({
    stage,
    variant,
    address,
    metrics,
    standings,
    gate,
  }))
  const content = digestValue('comparison', timeless)
  const file = (name: string, text: () => string): OutputFile => ({
    name,
    content,
    bytes: () => Buffer.from(text()),
  })
  return [
    file('comparison.csv', () => comparisonCsv(timeless)),
    file('comparison.json', () => `${JSON.stringify({ v: 1, kind: 'comparison', variants: timeless }, null, 1)}\n`),
    file('comparison.md', () => `${comparisonMarkdown(timeless).join('\n')}\n`),
  ]
}

/** With or without what it costs. */
type Row = Omit<VariantFigures, 'costMs'> & Partial<Pick<VariantFigures, 'costMs'>>

/** One line a variant, a column for each axis; empty where a variant has no such axis or metric. */
export function comparisonCsv(rows: readonly Row[]): string {
  const axes = axesOf(rows)
  const several = stagesOf(rows).length > 1
  const timed = rows.some(({ costMs }) => costMs !== undefined)
  const heading = [
    ...axes,
    ...(several ? ['stage'] : []),
    ...PAIRED_METRICS.flatMap((metric) => [
      metric,
      `${metric}_low`,
      `${metric}_high`,
      `${metric}_to_best`,
      `${metric}_to_best_low`,
      `${metric}_to_best_high`,
      `${metric}_standing`,
    ]),
    'gate',
    ...(timed ? ['cost_ms'] : []),
  ]
  return csvText([
    heading,
    ...rows.map(({ address, stage, metrics, standings, gate, costMs }) => {
      const labels = labelsIn(address)
      return [
        ...axes.map((axis) => cellValue(labels.get(axis))),
        ...(several ? [stage] : []),
        ...PAIRED_METRICS.flatMap((metric) => {
          const { value, interval = [null, null] } = metrics[metric]
          const standing = standings.find((each) => each.metric === metric)
          const apart = standing?.interval ?? [null, null]
          return [value, ...interval, standing?.difference ?? null, ...apart, standing?.word ?? null]
        }),
        gate,
        ...(timed ? [costMs ?? null] : []),
      ]
    }),
  ])
}

/** Numbers as numbers, so that a spreadsheet does not take `-0.5` for a text that wants to be a formula. */
const cellValue = (label: string | undefined): string | number | null =>
  label === undefined ? null : label.trim() !== '' && Number.isFinite(Number(label)) ? Number(label) : label

/** The best of a metric is named; `not worse` where the paired interval of the difference to it holds 0. */
export function comparisonMarkdown(rows: readonly Row[]): string[] {
  const axes = axesOf(rows)
  const several = stagesOf(rows).length > 1
  const timed = rows.some(({ costMs }) => costMs !== undefined)
  const metrics = PAIRED_METRICS.filter((metric) => rows.some((row) => row.metrics[metric].value !== null))
  return markdownTable(
    [...axes, ...(several ? ['stage'] : []), ...metrics, 'gate', ...(timed ? ['time'] : [])],
    rows.map((row) => {
      const labels = labelsIn(row.address)
      return [
        ...axes.map((axis) => labels.get(axis) ?? ''),
        ...(several ? [row.stage] : []),
        ...metrics.map((metric) => {
          const { value, interval } = row.metrics[metric]
          const word = row.standings.find((each) => each.metric === metric)?.word
          const text = formatScore(value, interval)
          return word === 'best' ? `${text} best` : word === 'not-worse' ? `${text} not worse` : text
        }),
        row.gate ?? 'none set',
        ...(timed ? [row.costMs === undefined ? '' : formatDuration(row.costMs)] : []),
      ]
    }),
  )
}

const axesOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap(({ variant }) => Object.keys(variant)))]
const stagesOf = (rows: readonly Row[]): string[] => [...new Set(rows.map(({ stage }) => stage))]
