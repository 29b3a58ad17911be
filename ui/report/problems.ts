import { plural } from '../../base/format.ts'
import type { ReportInput } from '../../runner/report/read-report.ts'
import { diagnosticLine } from '../diagnostic-line.ts'
import { type Html, html } from '../page/html.ts'
import { waiverSentence } from '../page/waiver.ts'

/** What stands in the way of trusting the figures: failures, warnings, accepted outputs, and statistics that come near the model. */
export function problemsSection({ document, stages, verdict }: ReportInput): Html {
  const failed = stages.flatMap(({ address, diagnostic }) =>
    diagnostic === undefined ? [] : [{ address, diagnostic }],
  )
  const told = document.diagnostics.map(({ diagnostic }) => diagnostic)
  const all = [
    ...document.waivers.map(waiverSentence),
    ...failed.map(({ address, diagnostic }) => `${address} failed: ${diagnosticLine(diagnostic)}`),
    ...told.map(diagnosticLine),
    ...verdict.baselines.warnings,
  ]
  if (all.length === 0) return html``
  return html`<section id="problems" class="problems"><h2>${plural(all.length, 'thing')} to know</h2>${all.map((text) => html`<p class="warning">${text}</p>`)}</section>`
}
