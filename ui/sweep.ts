import { formatDuration, formatScore, plural } from '../base/format.ts'
import type { RunDocument } from '../runner/history/run-document.ts'
import { metricName } from './metric-names.ts'
import { type Html, html } from './page/html.ts'
import { resultBadge } from './report/gates.ts'
import { provenanceSection } from './report/provenance.ts'
import { shell } from './report/shell.ts'
import { axisCharts } from './sweep/axis-charts.ts'
import { parallelAxes } from './sweep/parallel-axes.ts'
import { SORTING } from './sweep/program.ts'
import { sharedStages } from './sweep/shared-stages.ts'
import { variantsTable } from './sweep/variants-table.ts'
import { type ComparedVariant, inOrder, type Spelling } from './sweep/variants.ts'

interface SweepInput {
  readonly document: RunDocument
  readonly spelling: Spelling
  /** Files that tell more of a variant, as links from the page, by the address of its verdict. */
  readonly reports: ReadonlyMap<string, string>
}

/**
 * The page of a sweep: its variants side by side, the best of each metric marked, how each axis moves the result, and what they
 * shared.
 */
export function renderSweep({ document, spelling, reports }: SweepInput): string {
  const name = document.spec.name ?? document.spec.path
  const metric = document.gates.at(0)?.metric ?? 'image_auroc'
  const variants = inOrder(document.comparison, metric, spelling)
  const body = html`<header>${resultBadge(document)}<h1>${name}</h1>
<p class="lead">${plural(variants.length, 'variant')} compared${bestSentence(variants, metric)}.</p>
<p class="soft">Run ${document.run} took ${formatDuration(document.wallMs)}. Best is the highest value; “not worse” says that the paired 95 % interval of the difference to the best holds 0, so these images cannot tell the two apart.</p></header>
${variantsTable(variants, document, reports)}
${parallelAxes(variants, metric)}
${axisCharts(variants, metric)}
${sharedStages(document.stages)}
${provenanceSection(document)}
<footer>flawline ${document.versions.flawline}</footer>`
  return shell({ title: `${name}, ${plural(variants.length, 'variant')}, run ${document.run}`, body, program: SORTING })
}

function bestSentence(variants: readonly ComparedVariant[], metric: string): Html | string {
  const best = variants.find(({ standings }) =>
    standings.some((each) => each.metric === metric && each.word === 'best'),
  )
  if (best === undefined) return ''
  const { value, interval } = best.metrics[metric]
  return html`; the best ${metricName(metric)}, <span class="good">${formatScore(value, interval)}</span>, has <b>${best.label}</b>`
}
