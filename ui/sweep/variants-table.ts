import { PAIRED_METRICS } from '../../artifacts/verdict.ts'
import { formatDuration, formatScore, plural } from '../../base/format.ts'
import type { RunDocument } from '../../runner/history/run-document.ts'
import { metricName } from '../metric-names.ts'
import { type Html, html } from '../page/html.ts'
import { axesOf, type ComparedVariant } from './variants.ts'

/** One row a variant, the best first; the page's program sorts by any column. Variants without a verdict follow by name. */
export function variantsTable(
  variants: readonly ComparedVariant[],
  document: RunDocument,
  reports: ReadonlyMap<string, string>,
): Html {
  const axes = [...axesOf(variants).keys()]
  const metrics = PAIRED_METRICS.filter((metric) => variants.some((row) => row.metrics[metric].value !== null))
  const gated = variants.some(({ gate }) => gate !== null)
  const heading = (name: string, kind = ''): Html =>
    html`<th class="${kind}" aria-sort="none"><button type="button">${name}</button></th>`
  return html`<section id="variants"><h2>Variants</h2><div class="scroll" tabindex="0"><table class="sortable">
    <thead><tr>${axes.map((axis) => heading(axis))}${metrics.map((metric) => heading(metricName(metric), 'number'))}
      ${gated ? heading('gate') : null}${heading('time from nothing', 'number')}${reports.size === 0 ? null : html`<td></td>`}</tr></thead>
    <tbody>${variants.map((row) => {
      const link = reports.get(row.address)
      return html`<tr>${axes.map((axis) => cell(row.cells.get(axis) ?? '', row.cells.get(axis) ?? ''))}
        ${metrics.map((metric) => metricCell(row, metric))}
        ${gated ? cell(row.gate ?? 'none set', row.gate ?? '') : null}
        <td class="number soft" data-value="${row.costMs}">${formatDuration(row.costMs)}</td>
        ${reports.size === 0 ? null : html`<td>${link === undefined ? null : html`<a href="${link}">report</a>`}</td>`}</tr>`
    })}</tbody></table></div>${unjudged(variants, document)}</section>`
}

const cell = (text: string, value: string): Html => html`<td data-value="${value}">${text}</td>`

function metricCell({ metrics, standings }: ComparedVariant, metric: (typeof PAIRED_METRICS)[number]): Html {
  const { value, interval } = metrics[metric]
  const standing = standings.find((each) => each.metric === metric)
  const note =
    standing === undefined || standing.word === 'unknown'
      ? null
      : standing.word === 'best'
        ? html`<b class="good">best</b>`
        : html`${signed(standing.difference)} ${standing.interval === null ? null : `[${standing.interval.map(signed).join(', ')}]`}${standing.word === 'not-worse' ? ' not worse' : null}`
  return html`<td class="number" data-value="${value ?? -1}">${formatScore(value, interval)}<br><small>${note}</small></td>`
}

const signed = (value: number): string => `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(value).toFixed(3)}`

/** Variants of the run that came to no verdict, so that none is lost without a word. */
function unjudged(variants: readonly ComparedVariant[], { stages, spec }: RunDocument): Html | null {
  const failed = stages.filter(({ state }) => state === 'failed')
  const cells = spec.cells?.length ?? 0
  if (failed.length === 0 && cells <= variants.length) return null
  return html`<p class="warning">${plural(Math.max(0, cells - variants.length), 'variant')} came to no verdict${failed.length === 0 ? null : html`: ${failed.map(({ address, diagnostic }) => `${address} failed with ${diagnostic?.code ?? 'an error'}. `)}`}</p>`
}
