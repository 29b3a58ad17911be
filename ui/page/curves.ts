import type { Verdict } from '../../artifacts/verdict.ts'
import { formatScore } from '../../base/format.ts'
import { type Html, html } from './html.ts'

const SIDE = 260
const LEFT = 50
const TOP = 8
const TICKS = [0, 0.25, 0.5, 0.75, 1]

type Curve = readonly (readonly [number, number])[]

/** ROC and precision over recall, with the working point at the limit. */
export function curvesSection({ roc, pr, confusion, metrics }: Verdict): Html {
  if (roc.length < 2) return html``
  const points = confusion === null ? null : workingPoints(confusion)
  return html`<section><h2>Curves over all limits</h2><div class="columns">
    <div><h3>ROC, area ${formatScore(metrics.image_auroc.value)}</h3>
      ${plot(roc, 'false rejects', 'defects found', points?.roc ?? null, true)}</div>
    <div><h3>Precision and recall, average precision ${formatScore(metrics.image_ap.value)}</h3>
      ${plot(pr, 'defects found', 'precision', points?.pr ?? null, false)}</div>
  </div></section>`
}

/** Where the NOK limit stands on both curves; null where a rate has no images. */
function workingPoints({ ok, nok }: NonNullable<Verdict['confusion']>): {
  roc: readonly [number, number] | null
  pr: readonly [number, number] | null
} {
  const good = ok.OK + ok.CLOSE + ok.NOK
  const bad = nok.OK + nok.CLOSE + nok.NOK
  const recall = nok.NOK / bad
  const judged = nok.NOK + ok.NOK
  return {
    roc: good === 0 || bad === 0 ? null : [ok.NOK / good, recall],
    pr: bad === 0 || judged === 0 ? null : [recall, nok.NOK / judged],
  }
}

function plot(
  curve: Curve,
  across: string,
  up: string,
  point: readonly [number, number] | null,
  diagonal: boolean,
): Html {
  const x = (value: number): number => Math.round((LEFT + value * SIDE) * 100) / 100
  const y = (value: number): number => Math.round((TOP + (1 - value) * SIDE) * 100) / 100
  const path = curve.map(([a, b]) => `${x(a)},${y(b)}`).join(' ')
  return html`<svg viewBox="0 0 ${LEFT + SIDE + 10} ${TOP + SIDE + 34}" style="max-width:380px" role="img" aria-label="${up} over ${across}">
    ${TICKS.map(
      (tick) => html`<line x1="${x(tick)}" x2="${x(tick)}" y1="${y(0)}" y2="${y(1)}" stroke="var(--line)"/>
      <line x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}" stroke="var(--line)"/>
      <text x="${x(tick)}" y="${y(0) + 14}" text-anchor="middle">${tick}</text>
      <text x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    )}
    ${diagonal ? html`<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="var(--soft)" stroke-dasharray="3 3"/>` : null}
    <polyline points="${path}" fill="none" stroke="var(--accent)" stroke-width="2" stroke-linejoin="round"/>
    ${point === null ? null : html`<circle cx="${x(point[0])}" cy="${y(point[1])}" r="4.5" fill="var(--bad)" stroke="var(--card)" stroke-width="1.5"/>`}
    <text x="${x(0.5)}" y="${y(0) + 30}" text-anchor="middle">${across}</text>
    <text transform="translate(10 ${y(0.5)}) rotate(-90)" text-anchor="middle">${up}</text>
  </svg>`
}
