import { formatCount, formatScore, plural } from '../base/format.ts'
import { markdownTable } from '../base/markdown.ts'
import { sanitize } from '../base/sanitize.ts'
import type { Flip, FlipGroup } from '../stages/evaluate/flips.ts'
import type { PairedMetric } from '../stages/evaluate/paired-metrics.ts'
import type { RunDiff, VerdictDiff } from '../runner/history/compare-runs.ts'
import { metricName } from './metric-names.ts'
import { valueText } from './reason-text.ts'
import { displayWidth, padEnd } from './width.ts'

/** What the two compared runs are called. */
export interface DiffNames {
  readonly a: string
  readonly b: string
}

const LABEL_WIDTH = 9
const METRIC_WIDTH = 12

/** Two runs for people: settings that differ, metrics, images whose verdict flipped; at most `limit` of these. */
export function diffText(diff: RunDiff, names: DiffNames, limit: number): string[] {
  const several = diff.verdicts.length > 1
  return [
    ...block('Spec', specLines(diff)),
    ...diff.verdicts.flatMap((verdict) => [
      ...(several ? [`${sanitize(verdict.stage)}:`] : []),
      ...block('Images', imageLines(verdict, names)),
      ...block('Metrics', metricLines(verdict)),
      ...block('Flipped', flipLines(verdict, names, limit)),
    ]),
    ...(diff.verdicts.length === 0 ? block('Metrics', ['no verdict to compare: evaluate did not end in both']) : []),
  ]
}

const block = (label: string, lines: readonly string[]): string[] =>
  lines.map((line, i) => `${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)

function specLines({ settings, firstDiffering }: RunDiff): string[] {
  const same = settings === undefined ? 'no stage is known to differ' : 'every stage has the same key'
  const parting = firstDiffering === undefined ? same : `first differing stage: ${sanitize(firstDiffering)}`
  if (settings === undefined) return [`not known of both   ${parting}`]
  if (settings.length === 0) return [`the same   ${parting}`]
  const paths = settings.map(({ path }) => sanitize(path))
  const width = Math.max(...paths.map(displayWidth))
  const changes = settings.map(
    ({ old, new: now }, i) => `${padEnd(paths[i], width)}  ${valueText(old)} -> ${valueText(now)}`,
  )
  return [`${changes[0]}   ${parting}`, ...changes.slice(1)]
}

/** Only where the test images are not the same. */
function imageLines({ images: { common, onlyA, onlyB } }: VerdictDiff, { a, b }: DiffNames): string[] {
  if (onlyA + onlyB === 0) return []
  const only = [
    ...(onlyA === 0 ? [] : [`${formatCount(onlyA)} only in ${a}`]),
    ...(onlyB === 0 ? [] : [`${formatCount(onlyB)} only in ${b}`]),
  ]
  return [`${formatCount(common)} in both, ${only.join(', ')}; compared on those in both, px metrics each on its own`]
}

function metricLines({ metrics, resamples }: VerdictDiff): string[] {
  const paired = metrics.findIndex(({ interval }) => interval !== null)
  return metrics.map((metric, i) => {
    const note = i === paired ? `paired, ${formatCount(resamples)} resamples` : ''
    return `${metricName(metric.metric).padEnd(METRIC_WIDTH)}  ${changeText(metric)}  ${note}`.trimEnd()
  })
}

/** `0.898 -> 0.921  +0.023 [+0.004, +0.041]`. */
function changeText({ a, b, difference, interval }: PairedMetric): string {
  const change = `${formatScore(a)} -> ${formatScore(b)}`
  if (difference === null) return change
  return `${change}  ${signed(difference)}${interval === null ? '' : ` [${interval.map(signed).join(', ')}]`}`
}

/** `+0.023`, `-0.032`; what rounds to nothing has no minus. */
function signed(value: number): string {
  const text = value.toFixed(3)
  return text.startsWith('-') && Number(text) !== 0 ? text : `+${text.replace('-', '')}`
}

function flipLines({ missing, flips, images: { common } }: VerdictDiff, names: DiffNames, limit: number): string[] {
  if (missing !== undefined) {
    const side = names[missing.side]
    return [
      missing.why === 'evicted'
        ? `not known: the verdict of ${side} is not in the cache any more; its settings and metrics are`
        : `not known: ${side} has no verdict`,
    ]
  }
  const shown = shownFlips(flips, limit)
  const counts = [
    ...countOf(flips, ['now right'], 'now right'),
    ...countOf(flips, ['now a miss', 'now a false reject'], 'now wrong'),
    ...countOf(flips, ['now rejected', 'no longer rejected'], 'without a label'),
  ]
  const tail = counts.length === 0 ? '' : `: ${counts.join(', ')}`
  const cut = shown.length < flips.length ? ` (${shown.length} shown: --limit ${flips.length})` : ''
  const groupWidth = Math.max(0, ...shown.map(({ group }) => group.length))
  const imageWidth = Math.max(0, ...shown.map(({ image }) => displayWidth(sanitize(image))))
  return [
    `${formatCount(flips.length)} of ${plural(common, 'image')}${tail}${cut}`,
    ...shown.map(({ group, image, before, after, defect }) =>
      [
        group.padEnd(groupWidth),
        padEnd(sanitize(image), imageWidth),
        `${before.score.toFixed(4)} -> ${after.score.toFixed(4)}`,
        sanitize(defect ?? ''),
      ]
        .join('  ')
        .trimEnd(),
    ),
  ]
}

const countOf = (flips: readonly Flip[], groups: readonly FlipGroup[], words: string): string[] => {
  const n = flips.filter(({ group }) => groups.includes(group)).length
  return n === 0 ? [] : [`${formatCount(n)} ${words}`]
}

/** The first of every group in turn, so that a short list still shows each; then in the order they came. */
function shownFlips(flips: readonly Flip[], limit: number): Flip[] {
  const groups = [...new Set(flips.map(({ group }) => group))].map((name) =>
    flips.filter(({ group }) => group === name),
  )
  const inTurn = groups
    .flatMap((group) => group.map((flip, turn) => ({ flip, turn })))
    .sort((a, b) => a.turn - b.turn)
    .slice(0, limit)
  const kept = new Set(inTurn.map(({ flip }) => flip))
  return flips.filter((flip) => kept.has(flip))
}

/** The same as Markdown. */
export function diffMarkdown(diff: RunDiff, { a, b }: DiffNames): string[] {
  const { settings = [], firstDiffering, verdicts } = diff
  return [
    `First differing stage: ${firstDiffering ?? 'none'}`,
    '',
    ...table(
      ['setting', a, b],
      settings.map(({ path, old, new: now }) => [path, valueText(old), valueText(now)]),
    ),
    ...verdicts.flatMap(({ metrics, flips }) => [
      ...table(
        ['metric', a, b, 'difference'],
        metrics.map((metric) => [
          metricName(metric.metric),
          formatScore(metric.a),
          formatScore(metric.b),
          changeText(metric).split('  ').at(1) ?? '',
        ]),
      ),
      ...table(
        ['flipped', 'image', a, b, 'defect'],
        flips.map(({ group, image, before, after, defect = '' }) => [
          group,
          image,
          before.score.toFixed(4),
          after.score.toFixed(4),
          defect,
        ]),
      ),
    ]),
  ]
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [...markdownTable(heading, rows), '']
}
