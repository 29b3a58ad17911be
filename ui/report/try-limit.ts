import type { Thresholds, Verdict } from '../../artifacts/verdict.ts'
import { scoreRange } from '../page/histogram.ts'
import { type Html, html, scriptElement } from '../page/html.ts'

/** A slider under the histogram: the page's program counts decisions anew at the limit it stands at. Shown by the program alone. */
export function tryLimit(verdict: Verdict, thresholds: Thresholds): Html | null {
  const judged = verdict.items.filter(({ split, label }) => split === 'test' && label !== 'unknown')
  const range = scoreRange(verdict.items, thresholds)
  if (range === undefined || judged.length === 0 || range.low === range.high) return null
  const scores = judged.map(({ score, label }) => [score, label === 'nok' ? 1 : 0])
  const start = thresholds.image.nok ?? (range.low + range.high) / 2
  return html`<div class="try" id="try-limit" hidden>
    <label for="limit">Try another limit</label>
    <input type="range" id="limit" min="${range.low}" max="${range.high}" step="any" value="${start}" data-chosen="${start}">
    <p><output id="limit-value" for="limit"></output>
      <button type="button" id="limit-back">back to the chosen limit</button></p>
    <table class="tried" aria-live="polite"><caption>At this limit, without CLOSE</caption>
      <thead><tr><td></td><th class="number">judged OK</th><th class="number">judged NOK</th><th class="number">wrong</th></tr></thead>
      <tbody><tr><th>good</th><td class="number" id="good-ok"></td><td class="number" id="good-nok"></td><td class="number" id="false-rejects"></td></tr>
      <tr><th>defective</th><td class="number" id="bad-ok"></td><td class="number" id="bad-nok"></td><td class="number" id="misses"></td></tr></tbody></table>
    ${scriptElement(JSON.stringify(scores), 'scores')}
  </div>`
}
