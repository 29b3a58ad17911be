import { formatBytes, formatDuration, plural } from '../../base/format.ts'
import type { ReportedStage, ReportInput } from '../../runner/report/read-report.ts'
import { type Html, html } from '../page/html.ts'

/** When each stage ran, what it took, and what the cache saved. Bars share one axis: the run. */
export function timelineSection({ document, stages }: ReportInput): Html {
  const shown = stages.filter(({ list }) => !list)
  const whole = Math.max(1, document.wallMs)
  const saved = stages.reduce((sum, { savedMs }) => sum + savedMs, 0)
  return html`<section id="timeline"><h2>Stages</h2>
    <p class="soft">The run took ${formatDuration(document.wallMs)}${saved < 50 ? null : `; results from the cache saved ${formatDuration(saved)}`}.</p>
    <div class="scroll"><table>
      <thead><tr><th>stage</th><th>state</th><th>when</th><th class="number">time</th><th class="number">CPU</th><th class="number">memory</th>
        <th class="number">items computed</th><th class="number">bytes</th><th class="number">saved</th></tr></thead>
      <tbody>${shown.map((stage) => row(stage, whole))}</tbody>
    </table></div></section>`
}

function row(stage: ReportedStage, whole: number): Html {
  const { address, state, wallMs, cpuMs, rssBytes, items, bytes, savedMs, sourceRun } = stage
  const none = state !== 'done' && state !== 'failed'
  return html`<tr><td>${address}</td><td>${state}${sourceRun === undefined || !none ? null : html` <small>run ${sourceRun}</small>`}</td>
    <td>${bar(stage, whole)}</td>
    <td class="number">${none ? null : formatDuration(wallMs)}</td>
    <td class="number soft">${none ? null : formatDuration(cpuMs)}</td>
    <td class="number soft">${none || rssBytes === 0 ? null : formatBytes(rssBytes)}</td>
    <td class="number soft">${items === undefined ? null : `${items.computed} of ${plural(items.total, 'item')}`}</td>
    <td class="number soft">${bytes === 0 ? null : formatBytes(bytes)}</td>
    <td class="number soft">${savedMs < 50 ? null : formatDuration(savedMs)}</td></tr>`
}

function bar({ happened: { startMs, endMs } }: ReportedStage, whole: number): Html | null {
  if (startMs === undefined) return null
  const share = (ms: number): number => Math.round((Math.min(ms, whole) / whole) * 1000) / 10
  const width = Math.max(0.5, share((endMs ?? whole) - startMs))
  return html`<span class="span"><i style="left:${share(startMs)}%;width:${width}%"></i></span>`
}
