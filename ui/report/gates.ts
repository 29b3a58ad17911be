import type { RunDocument } from '../../runner/history/run-document.ts'
import { formatScore } from '../../base/format.ts'
import { formatLimit, metricName } from '../metric-names.ts'
import { type Html, html } from '../page/html.ts'

const WORDS: Readonly<Record<RunDocument['result'], readonly [word: string, tone: string]>> = {
  passed: ['PASSED', 'good'],
  failed: ['FAILED', 'bad'],
  'gate-missed': ['GATE MISSED', 'bad'],
  interrupted: ['STOPPED', 'close'],
  aborted: ['ABORTED', 'bad'],
  running: ['RUNNING', 'close'],
  killed: ['KILLED', 'bad'],
}

/** How the run ended, in one word. */
export function resultBadge({ result }: RunDocument): Html {
  const [word, tone] = WORDS[result]
  return html`<span class="result ${tone}">${word}</span>`
}

/** Each limit that the spec sets for a metric: what it asks, what came out, whether that is enough. */
export function gatesTable(gates: RunDocument['gates']): Html | null {
  if (gates.length === 0) return null
  return html`<table class="gates"><caption>Gates</caption>
    <thead><tr><th>metric</th><th class="number">at least</th><th class="number">value</th><th>state</th></tr></thead>
    <tbody>${gates.map(
      ({ metric, threshold, value, interval, met }) => html`<tr><td>${metricName(metric)}</td>
        <td class="number">${formatLimit(threshold)}</td>
        <td class="number">${formatScore(value, interval ?? undefined)}</td>
        <td class="${met ? 'good' : 'bad'}">${met ? 'met' : 'missed'}</td></tr>`,
    )}</tbody></table>`
}
