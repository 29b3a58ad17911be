import { formatBytes } from '../../base/format.ts'
import type { ReportedStage, ReportInput } from '../../runner/report/read-report.ts'
import { type Html, html, preformatted } from '../page/html.ts'
import { reasonText } from '../reason-text.ts'

/** What each result was made from: its key with the readable pre-image, why it ran, and what came out. */
export const keysSection = ({ stages }: ReportInput): Html => html`<section id="keys"><h2>Keys</h2>
  <p class="soft">A result is used again wherever all that stands in its key is the same.</p>
  ${stages.filter(({ key }) => key !== undefined).map(keyDetails)}</section>`

function keyDetails({ address, kind, kindVersion, key = '', reasons, artifacts, manifest }: ReportedStage): Html {
  const made = Object.entries(artifacts)
  return html`<details><summary><b>${address}</b> <code>${key.slice(0, 8)}</code> ${kind}${kindVersion === undefined ? null : ` ${kindVersion}`}</summary>
    ${reasons.length === 0 ? null : html`<p>Ran because: ${reasons.map(reasonText).join('; ')}</p>`}
    ${made.length === 0 ? null : html`<table><tbody>${made.map(([name, { digest, bytes }]) => html`<tr><td>${name}</td><td class="number">${formatBytes(bytes)}</td><td><code>${digest}</code></td></tr>`)}</tbody></table>`}
    ${manifest === undefined ? null : preformatted({ key, ...manifest })}</details>`
}
