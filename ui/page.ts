import { plural } from '../base/format.ts'
import type { PageInput } from '../runner/publish.ts'
import { curvesSection } from './page/curves.ts'
import { defectsSection } from './page/defects.ts'
import { gallerySection } from './page/gallery.ts'
import { histogramSection } from './page/histogram.ts'
import { Html, html } from './page/html.ts'
import { confusionSection, limitsSection, verdictSentence } from './page/limits.ts'
import { baselinesSection, headlineTiles, metricsSection } from './page/metrics.ts'
import { STYLE } from './page/style.ts'
import { waiverSentence } from './page/waiver.ts'

/** Nothing is loaded but pictures beside the page; no script runs. */
const POLICY = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"

/**
 * The page kept in `outputs:`, one HTML text that stands beside its pictures. The same input gives the same
 * bytes: no time, no run. Every value passes the escaping tag of `page/html.ts`.
 */
export function renderPage(input: PageInput): string {
  const { name, summary, variant, verdict, thresholds, waivers } = input
  const { train, heldOut } = verdict.counts
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${name}${variant === '' ? '' : ` ${variant}`}</title>
<style>${new Html(STYLE)}</style></head>
<body><main>
<header><h1>${name}</h1>
${variant === '' ? null : html`<div class="variant">${variant}</div>`}
${summary === undefined ? null : html`<p class="soft">${summary}</p>`}
${verdictSentence(verdict)}
<p class="soft">Learnt from ${plural(train, 'good image')}, limits from ${plural(heldOut, 'held-out image')}. Protocol ${verdict.protocol}.</p>
${waivers.map((waiver) => html`<p class="warning">${waiverSentence(waiver)}</p>`)}
${verdict.baselines.warnings.map((text) => html`<p class="warning">${text}</p>`)}
${headlineTiles(verdict)}</header>
${histogramSection(verdict, thresholds)}
<div class="columns">${confusionSection(verdict, thresholds)}${limitsSection(thresholds)}</div>
${metricsSection(verdict)}
${baselinesSection(verdict)}
${defectsSection(verdict)}
${curvesSection(verdict)}
${gallerySection(input)}
<footer>flawline</footer>
</main></body></html>
`
  return page.text
}
