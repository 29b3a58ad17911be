import type { ReportedStage, ReportInput } from '../../runner/report/read-report.ts'
import { extent } from '../page/extent.ts'
import { type Html, html } from '../page/html.ts'

const WIDTH = 520
const HEIGHT = 170
const LEFT = 62
const TOP = 8

type Series = readonly (readonly [step: number, value: number])[]

/** What trainings told of themselves, epoch by epoch, on a logarithmic axis where all values are positive. */
export function lossesSection({ stages }: ReportInput): Html {
  const charts = stages.flatMap((stage) => chart(stage))
  return charts.length === 0
    ? html``
    : html`<section id="training"><h2>Training</h2><div class="columns">${charts}</div></section>`
}

function chart({ address, happened: { metrics } }: ReportedStage): Html[] {
  const series = [...metrics].filter(([, values]) => values.length > 1)
  if (series.length === 0) return []
  const all = series.flatMap(([, values]) => values)
  const scale = all.every(([, value]) => value > 0) ? Math.log10 : (value: number): number => value
  const steps = all.map(([step]) => step)
  const heights = all.map(([, value]) => scale(value))
  const [left, right] = extent(steps)
  const [low, high] = extent(heights)
  const x = (step: number): number => round(LEFT + ((step - left) / Math.max(right - left, 1)) * WIDTH)
  const y = (value: number): number => round(TOP + (1 - (scale(value) - low) / Math.max(high - low, 1e-12)) * HEIGHT)
  const line = (values: Series, i: number): Html =>
    html`<polyline points="${values.map(([step, value]) => `${x(step)},${y(value)}`).join(' ')}" fill="none" stroke="var(--${i === 0 ? 'accent' : 'close'})" stroke-width="2" stroke-linejoin="round"/>`
  const ends = [...all].sort(([, a], [, b]) => a - b)
  const [lowest, highest] = [ends[0][1], ends[ends.length - 1][1]]
  return [
    html`<div><h3>${address}: ${series.map(([name]) => name).join(', ')}</h3>
      <svg viewBox="0 0 ${LEFT + WIDTH + 10} ${TOP + HEIGHT + 24}" role="img" aria-label="${series.map(([name]) => name).join(' and ')} of ${address} over epochs, from ${format(series[0][1][0][1])} to ${format(series[0][1][series[0][1].length - 1][1])}">
        <line x1="${LEFT}" x2="${LEFT + WIDTH}" y1="${TOP + HEIGHT}" y2="${TOP + HEIGHT}" stroke="var(--line)"/>
        ${series.map(([, values], i) => line(values, i))}
        <text x="${LEFT - 6}" y="${y(highest) + 8}" text-anchor="end">${format(highest)}</text>
        <text x="${LEFT - 6}" y="${y(lowest)}" text-anchor="end">${format(lowest)}</text>
        <text x="${LEFT}" y="${TOP + HEIGHT + 16}">epoch ${left}</text>
        <text x="${LEFT + WIDTH}" y="${TOP + HEIGHT + 16}" text-anchor="end">${right}</text>
      </svg></div>`,
  ]
}

const format = (value: number): string => value.toPrecision(3)
const round = (value: number): number => Math.round(value * 10) / 10
