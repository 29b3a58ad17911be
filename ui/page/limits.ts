import type { Confusion, Decision, Thresholds, Verdict } from '../../artifacts/verdict.ts'
import { formatCount, plural } from '../../base/format.ts'
import { type Html, html } from './html.ts'

export const formatItemScore = (score: number): string =>
  Math.abs(score) >= 1000 || (score !== 0 && Math.abs(score) < 0.001) ? score.toExponential(3) : score.toFixed(4)

/** The limits, where they come from, and what they promise. */
export function limitsSection({ image, pixel, imageOrigin, pixelOrigin, heldOut, bound, units }: Thresholds): Html {
  const rows: readonly (readonly [string, number | null, string])[] = [
    ['NOK above', image.nok, imageOrigin],
    ['CLOSE above', image.close, imageOrigin],
    ['pixel marked above', pixel, pixelOrigin],
  ]
  const known = rows.filter(([, limit]) => limit !== null)
  return html`<section><h2>Limits</h2>
    ${known.length === 0 ? html`<p>There are none: ${imageOrigin}. Images have scores, but no verdict.</p>` : null}
    <div class="scroll"><table>${known.map(
      ([name, limit, origin]) =>
        html`<tr><td>${name}</td><td class="number">${formatItemScore(limit ?? 0)}</td><td class="soft">${origin}</td></tr>`,
    )}</table></div>
    ${
      bound === null
        ? null
        : html`<p class="soft">Chosen on ${plural(heldOut, units === 'parts' ? 'held-out good part' : 'held-out good image')}: of new good ${units} at most
            ${(bound * 100).toFixed(1)} % are rejected, on average over such choices.</p>`
    }</section>`
}

const DECISIONS: readonly Decision[] = ['OK', 'CLOSE', 'NOK']

/** Test images by label and decision, with rates; the CLOSE column only where there are two limits. */
export function confusionSection({ confusion }: Verdict, { image }: Thresholds): Html {
  if (confusion === null) return html``
  const shown = DECISIONS.filter((decision) => decision !== 'CLOSE' || image.close !== null)
  const row = (label: 'ok' | 'nok', title: string): Html => {
    const total = DECISIONS.reduce((sum, decision) => sum + confusion[label][decision], 0)
    return html`<tr><th>${title}<br>${formatCount(total)}</th>${shown.map((decision) => {
      const count = confusion[label][decision]
      const share = total === 0 ? '' : `${((100 * count) / total).toFixed(1)} %`
      return html`<td class="${tone(label, decision)}"><b>${formatCount(count)}</b>${share}</td>`
    })}</tr>`
  }
  return html`<section><h2>Decisions on the test images</h2><div class="scroll"><table class="matrix">
    <tr><td></td>${shown.map((decision) => html`<th>judged ${decision}</th>`)}</tr>
    ${row('ok', 'good')}${row('nok', 'defective')}
  </table></div></section>`
}

function tone(label: 'ok' | 'nok', decision: Decision): string {
  if (decision === 'CLOSE') return 'between'
  return (label === 'ok') === (decision === 'OK') ? 'right' : 'wrong'
}

/** The result in words. */
export function verdictSentence({ confusion, counts }: Verdict): Html {
  const tested = html`${plural(counts.ok + counts.nok + counts.unknown, 'test image')},
    ${formatCount(counts.nok)} of them defective.`
  if (confusion === null) return html`<p class="lead">${tested} There is no limit, so no image was judged.</p>`
  const rejected = confusion.ok.NOK
  return html`<p class="lead">${tested}
    <span class="good">${formatCount(confusion.nok.NOK)} found</span>,
    <span class="bad">${formatCount(confusion.nok.OK)} missed</span>${closeText(confusion)}.
    Of ${plural(counts.ok, 'good image')}, <span class="bad">${formatCount(rejected)} rejected</span>.</p>`
}

const closeText = ({ nok, ok }: Confusion): Html | null =>
  nok.CLOSE + ok.CLOSE === 0 ? null : html`, <span class="close">${formatCount(nok.CLOSE)} close</span>`
