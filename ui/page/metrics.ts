import type { BorderLoss, MetricName, MetricValue, Verdict } from '../../artifacts/verdict.ts'
import { formatCount, formatScore, plural } from '../../base/format.ts'
import { byReadingOrder, metricName } from '../metric-names.ts'
import { type Html, html } from './html.ts'

/** Metrics whose limit was found on the test images themselves: an upper bound, no promise. */
const SEEN_ON_TEST: ReadonlySet<MetricName> = new Set(['image_f1_max', 'pixel_f1_max'])
/** Metrics at the limits of this page. */
const AT_THE_LIMIT: ReadonlySet<MetricName> = new Set([
  'image_f1',
  'image_accuracy',
  'image_precision',
  'image_recall',
  'pixel_f1',
])

/** The four figures people ask for first. */
export function headlineTiles({ metrics }: Verdict): Html {
  const shown: readonly MetricName[] = ['image_auroc', 'pixel_auroc', 'pixel_aupro', 'image_recall']
  const named = { image_recall: 'defects found at the limit', pixel_aupro: 'PRO up to 30 % false positives' } as const
  const tiles = shown.flatMap((name) => {
    const { value, interval } = metrics[name]
    if (value === null) return []
    const range = interval === undefined ? '' : ` [${interval.map((end) => end.toFixed(3)).join(', ')}]`
    const title = Object.entries(named).find(([known]) => known === name)?.[1] ?? metricName(name)
    return [html`<div class="tile"><b>${value.toFixed(3)}</b><span>${title}<br>${range}</span></div>`]
  })
  return html`<div class="tiles">${tiles}</div>`
}

/** Every metric with its interval, and what it comes to under the other protocol. */
export function metricsSection(verdict: Verdict): Html {
  const { metrics, other, protocol } = verdict
  const otherMetrics = other?.metrics
  const rows = (Object.entries(metrics) as [MetricName, MetricValue][])
    .sort(([a], [b]) => byReadingOrder(a, b))
    .map(
      ([name, metric]) => html`<tr>
      <td>${metricName(name)}${noteOf(name, metric)}</td>
      <td class="number">${metric.value === null ? 'n/a' : metric.value.toFixed(3)}</td>
      <td class="number soft">${metric.interval?.map((end) => end.toFixed(3)).join(' – ')}</td>
      ${otherMetrics === undefined ? null : html`<td class="number soft">${formatOther(otherMetrics[name])}</td>`}
    </tr>`,
    )
  return html`<section><h2>Metrics</h2>
    <div class="scroll"><table>
      <tr><th>metric</th><th class="number">${protocol}</th><th class="number">95 % interval</th>
      ${other === null ? null : html`<th class="number">${other.protocol}</th>`}</tr>
      ${rows}
    </table></div>
    <p class="soft">${countingNotes(verdict).map((note) => `${note}. `)}</p></section>`
}

/** How the figures were counted, in sentences without their full stop. */
function countingNotes({ reducer, bootstrap, pixels, border, parts, other }: Verdict): string[] {
  const left = (n: number, why: string): string => (n === 0 ? '' : `, ${plural(n, 'image')} ${why} left out`)
  return [
    `Score of an image: ${reducer}`,
    `Intervals: ${formatCount(bootstrap.resamples)} bootstrap resamples over ${bootstrap.groups}`,
    ...(parts === null
      ? []
      : [
          `By part, the highest score of its images: AUROC ${formatScore(parts.auroc.value, parts.auroc.interval)} over ${plural(parts.parts, 'part')}`,
        ]),
    ...(pixels === null
      ? []
      : [
          `Pixels: ${pixels.method}, ${plural(pixels.images, 'image')}, ${percent(pixels.keptShare)} of the area` +
            left(pixels.withoutMask, 'without a mask') +
            left(pixels.contradictory, 'with a mask against its label'),
        ]),
    ...(border === null ? [] : [borderNote(border)]),
    ...(other === null ? [] : [`Protocol ${other.protocol}: ${other.note}`]),
  ]
}

function borderNote({ cells, keptShare, defectShare, imagesOutside, recallWithThemMissed }: BorderLoss): string {
  const lost = defectShare === null ? '' : `, which holds ${percent(defectShare)} of all defective pixels`
  const missed = imagesOutside === 0 ? '' : `; ${plural(imagesOutside, 'defect')} lie there alone`
  const recall =
    imagesOutside === 0 ? '' : `, and counted as missed leave a recall of ${formatScore(recallWithThemMissed)}`
  return `A border of ${plural(cells, 'cell')} does not count (${percent(keptShare)} of the area does)${lost}${missed}${recall}`
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function noteOf(name: MetricName, { note }: MetricValue): Html | null {
  const text =
    note ?? (SEEN_ON_TEST.has(name) ? 'optimum seen on the test images' : AT_THE_LIMIT.has(name) ? 'at the limit' : '')
  return text === '' ? null : html` <small>${text}</small>`
}

const formatOther = (metric: MetricValue | undefined): string => (metric === undefined ? '' : formatScore(metric.value))

/** What knows nothing of defects: who comes near it has learnt little. */
export function baselinesSection({ baselines, metrics }: Verdict): Html {
  const group = (title: string, model: MetricValue, rows: Readonly<Record<string, MetricValue>>): Html | null =>
    Object.keys(rows).length === 0
      ? null
      : html`<div><h3>${title}</h3><table>
          ${meterRow('this model', model, true)}
          ${Object.entries(rows).map(([name, metric]) => meterRow(metricName(name), metric, false))}
        </table></div>`
  return html`<section><h2>Trivial baselines</h2>
    <p class="soft">AUROC of statistics that know nothing of defects. A result is worth what it adds to them.</p>
    <div class="columns">
      ${group('Images', metrics.image_auroc, baselines.image)}
      ${group('Pixels', metrics.pixel_auroc, baselines.pixel)}
    </div></section>`
}

function meterRow(name: string, { value }: MetricValue, isModel: boolean): Html {
  const width = value === null ? 0 : Math.round(value * 1000) / 10
  return html`<tr><td>${name}</td>
    <td><span class="meter"><i class="${isModel ? 'model' : ''}" style="width:${width}%"></i></span></td>
    <td class="number">${formatScore(value)}</td></tr>`
}
