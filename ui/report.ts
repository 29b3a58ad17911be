import { plural } from '../base/format.ts'
import type { ReportInput } from '../runner/report/read-report.ts'
import { curvesSection } from './page/curves.ts'
import { defectsSection } from './page/defects.ts'
import { histogramSection } from './page/histogram.ts'
import { html } from './page/html.ts'
import { confusionSection, limitsSection, verdictSentence } from './page/limits.ts'
import { baselinesSection, headlineTiles, metricsSection } from './page/metrics.ts'
import { gallerySection } from './report/gallery.ts'
import { gatesTable, resultBadge } from './report/gates.ts'
import { keysSection } from './report/keys.ts'
import { lossesSection } from './report/losses.ts'
import { problemsSection } from './report/problems.ts'
import { PROGRAM } from './report/program.ts'
import { provenanceSection } from './report/provenance.ts'
import { shell } from './report/shell.ts'
import { timelineSection } from './report/timeline.ts'
import { tryLimit } from './report/try-limit.ts'

/**
 * The report of one verdict: one HTML file that needs no other. The same input gives the same bytes. Every value passes the
 * escaping tag of `page/html.ts`. `images` is how many test images it carries at most.
 */
export function renderReport(input: ReportInput, images: number): string {
  const { document, variant, verdict, thresholds } = input
  const name = document.spec.name ?? document.spec.path
  const { train, heldOut } = verdict.counts
  const body = html`<header>${resultBadge(document)}<h1>${name}</h1>
${variant === '' ? null : html`<div class="variant">${variant}</div>`}
${verdictSentence(verdict)}
<p class="soft">Learnt from ${plural(train, 'good image')}, limits from ${plural(heldOut, 'held-out image')}. Protocol ${verdict.protocol}. Run ${document.run}.</p>
${headlineTiles(verdict)}
${gatesTable(document.gates)}</header>
<nav aria-label="Parts of the report"><a href="#scores-and-limits">Scores</a><a href="#metrics">Metrics</a><a href="#images">Images</a><a href="#timeline">Stages</a><a href="#keys">Keys</a><a href="#provenance">Provenance</a></nav>
${problemsSection(input)}
<div id="scores-and-limits"><div id="histogram">${histogramSection(verdict, thresholds)}</div>${tryLimit(verdict, thresholds)}
<div class="columns">${confusionSection(verdict, thresholds)}${limitsSection(thresholds)}</div></div>
<div id="metrics">${metricsSection(verdict)}
${baselinesSection(verdict)}
${defectsSection(verdict)}
${curvesSection(verdict)}</div>
${gallerySection(input, images)}
${lossesSection(input)}
${timelineSection(input)}
${keysSection(input)}
${provenanceSection(document)}
<footer>flawline ${document.versions.flawline}</footer>`
  return shell({ title: `${name}${variant === '' ? '' : ` ${variant}`}, run ${document.run}`, body, program: PROGRAM })
}
