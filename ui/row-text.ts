import { formatCount, formatDuration, formatRate, plural } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { Row } from './state.ts'

/** `41/60 epochs`; without a total `41 epochs`. Counts what is whole. */
export function progressText({ progress }: Row): string {
  if (progress === undefined) return ''
  const total = progress.total === undefined ? '' : `/${formatCount(progress.total)}`
  return `${formatCount(Math.floor(progress.done))}${total} ${progress.unit}`
}

/** `69/s  eta 31.8s`, as far as known. */
export function paceText({ progress }: Row): string {
  const rate = progress?.rate === undefined ? [] : [formatRate(progress.rate)]
  const eta = progress?.etaMs === undefined || progress.etaMs < 2000 ? [] : [`eta ${formatDuration(progress.etaMs)}`]
  return [...rate, ...eta].join('  ')
}

/** What an ended stage has to show: its items, its last progress, or what went wrong. */
export function resultText(row: Row): string {
  const { end, planned, progress } = row
  if (end?.state === 'failed') {
    const { diagnostic } = end
    return diagnostic === undefined ? '' : `${diagnostic.code} ${sanitize(diagnostic.message)}`
  }
  if (end?.state === 'skipped') return end.cause ?? ''
  if (end?.items !== undefined) return itemsText(end.items)
  if (planned.items !== undefined && (planned.list || progress === undefined)) return counted(planned.items, planned.of)
  if (progress === undefined) return ''
  return `${formatCount(progress.total ?? progress.done)} ${progress.unit}`
}

const counted = (n: number, of: 'images' | 'files' = 'images'): string => plural(n, of.slice(0, -1))

/** `3,363 images`, and `1 of 3,363 images` where the rest was reused. */
function itemsText({ total, computed }: { total: number; computed: number }): string {
  return computed === 0 || computed === total ? counted(total) : `${formatCount(computed)} of ${counted(total)}`
}

/** Time a stage took; empty for list stages and whatever did not run. */
export function wallText({ end, planned }: Row): string {
  if (end === undefined || planned.list) return ''
  return end.state === 'done' || end.state === 'failed' ? formatDuration(end.wallMs) : ''
}
