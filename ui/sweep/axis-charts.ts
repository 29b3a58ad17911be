import { metricName } from '../metric-names.ts'
import { extent } from '../page/extent.ts'
import { type Html, html } from '../page/html.ts'
import { axesOf, type ComparedVariant, valueOf } from './variants.ts'

const WIDTH = 300
const HEIGHT = 150
const LEFT = 46
const TOP = 10

/** For each axis with several values: every variant as a dot over its value, and the mean of each as a line. */
export function axisCharts(variants: readonly ComparedVariant[], metric: string): Html {
  const charts = [...axesOf(variants)].filter(([, values]) => values.length > 1)
  const known = variants.flatMap(({ metrics }) => valueOf(metrics, metric) ?? [])
  if (charts.length === 0 || known.length === 0) return html``
  const [low, high] = extent(known)
  const y = (value: number): number => round(TOP + (1 - (value - low) / Math.max(high - low, 1e-9)) * HEIGHT)
  return html`<section><h2>${metricName(metric)} along each axis</h2><div class="small-charts">${charts.map(
    ([axis, values]) => chart(axis, values, variants, metric, { low, high, y }),
  )}</div></section>`
}

function chart(
  axis: string,
  values: readonly string[],
  variants: readonly ComparedVariant[],
  metric: string,
  { low, high, y }: { low: number; high: number; y: (value: number) => number },
): Html {
  const x = (i: number): number => round(LEFT + ((i + 0.5) / values.length) * WIDTH)
  const of = values.map((value) =>
    variants.filter(({ cells }) => cells.get(axis) === value).flatMap(({ metrics }) => valueOf(metrics, metric) ?? []),
  )
  const means = of.map((points) =>
    points.length === 0 ? undefined : points.reduce((a, b) => a + b, 0) / points.length,
  )
  const line = means.flatMap((mean, i) => (mean === undefined ? [] : [`${x(i)},${y(mean)}`])).join(' ')
  const told = values.map((value, i) => `${value}: ${means[i]?.toFixed(3) ?? 'none'}`).join(', ')
  return html`<div><h3>${axis}</h3><svg viewBox="0 0 ${LEFT + WIDTH + 4} ${TOP + HEIGHT + 26}" role="img" aria-label="Mean over ${axis}: ${told}">
    <line x1="${LEFT}" x2="${LEFT + WIDTH}" y1="${TOP + HEIGHT + 6}" y2="${TOP + HEIGHT + 6}" stroke="var(--line)"/>
    <text x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end">${high.toFixed(3)}</text>
    <text x="${LEFT - 6}" y="${TOP + HEIGHT + 4}" text-anchor="end">${low.toFixed(3)}</text>
    ${of.flatMap((points, i) => points.map((value) => html`<circle cx="${x(i)}" cy="${y(value)}" r="3.5" fill="var(--accent)" opacity=".45"/>`))}
    <polyline points="${line}" fill="none" stroke="var(--ink)" stroke-width="1.5"/>
    ${values.map((value, i) => html`<text x="${x(i)}" y="${TOP + HEIGHT + 21}" text-anchor="middle">${value.length > 14 ? `${value.slice(0, 13)}…` : value}</text>`)}
  </svg></div>`
}

const round = (value: number): number => Math.round(value * 10) / 10
