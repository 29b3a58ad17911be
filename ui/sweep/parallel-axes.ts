import { metricName } from '../metric-names.ts'
import { extent } from '../page/extent.ts'
import { type Html, html } from '../page/html.ts'
import { axesOf, type ComparedVariant, valueOf } from './variants.ts'

const WIDTH = 1040
const HEIGHT = 260
const SIDE = 40
const TOP = 30

/** Every variant as one line over all axes, ending at its value; the better, the stronger. Not for a single axis, which says it alone. */
export function parallelAxes(variants: readonly ComparedVariant[], metric: string): Html {
  const axes = [...axesOf(variants)].filter(([, values]) => values.length > 1)
  const judged = variants.flatMap((variant) => {
    const value = valueOf(variant.metrics, metric)
    return value === null ? [] : [{ ...variant, value }]
  })
  if (axes.length < 2 || judged.length === 0) return html``
  const values = judged.map(({ value }) => value)
  const [low, high] = extent(values)
  const share = (value: number): number => (high > low ? (value - low) / (high - low) : 1)
  const x = (i: number): number => round(SIDE + (i / axes.length) * (WIDTH - 2 * SIDE))
  const y = (of: number): number => round(TOP + (1 - of) * HEIGHT)
  const place = (all: readonly string[], value: string | undefined): number =>
    y((all.indexOf(value ?? '') + 0.5) / all.length)
  const lines = [...judged].reverse().map(({ cells, value, label }) => {
    const points = axes.map(([axis, all], i) => `${x(i)},${place(all, cells.get(axis))}`)
    const strength = round(0.12 + 0.88 * share(value) ** 3)
    return html`<polyline points="${[...points, `${x(axes.length)},${y(share(value))}`].join(' ')}" fill="none" stroke="var(--accent)" stroke-width="${round(1 + 1.5 * share(value))}" opacity="${strength}"><title>${label} ${value.toFixed(3)}</title></polyline>`
  })
  return html`<section><h2>All axes at once</h2><svg viewBox="0 0 ${WIDTH} ${TOP + HEIGHT + 12}" role="img" aria-label="Each variant as a line over its axis values, ending at its ${metricName(metric)}">
    ${lines}
    ${axes.map(
      ([axis, all], i) => html`<line x1="${x(i)}" x2="${x(i)}" y1="${TOP}" y2="${TOP + HEIGHT}" stroke="var(--soft)"/>
      <text x="${x(i)}" y="${TOP - 12}" text-anchor="${i === 0 ? 'start' : 'middle'}" style="font-weight:600">${axis}</text>
      ${all.map((value) => html`<text x="${x(i) + 6}" y="${place(all, value) + 4}" class="label">${value}</text>`)}`,
    )}
    <line x1="${x(axes.length)}" x2="${x(axes.length)}" y1="${TOP}" y2="${TOP + HEIGHT}" stroke="var(--soft)"/>
    <text x="${x(axes.length)}" y="${TOP - 12}" text-anchor="end" style="font-weight:600">${metricName(metric)}</text>
    <text x="${x(axes.length) + 6}" y="${TOP + 4}">${high.toFixed(3)}</text>
    <text x="${x(axes.length) + 6}" y="${TOP + HEIGHT + 4}">${low.toFixed(3)}</text>
  </svg></section>`
}

const round = (value: number): number => Math.round(value * 100) / 100
