import type { Thresholds, Verdict, VerdictItem } from '../../artifacts/verdict.ts'
import { plural } from '../../base/format.ts'
import { extent } from './extent.ts'
import { type Html, html } from './html.ts'
import { formatItemScore } from './limits.ts'

const WIDTH = 1072
const BINS = 60
const PANEL = 92
const TOP = 26
const GAP = 6
const BOTTOM = TOP + 2 * PANEL + GAP

/** Ends of the axis: of all scores and limits; undefined without a score. */
export function scoreRange(
  items: Verdict['items'],
  { image, heldOutScores }: Pick<Thresholds, 'image' | 'heldOutScores'>,
): { readonly low: number; readonly high: number } | undefined {
  const test = items.filter(({ split }) => split === 'test').map(({ score }) => score)
  const scores = [...test, ...heldOutScores]
  if (scores.length === 0) return undefined
  const shown = scores.concat([image.close, image.nok].filter((limit) => limit !== null))
  const [low, high] = extent(shown)
  return { low, high }
}

/** Scores of good images above the axis and of defective ones below, with the limits and the zones between them. */
export function histogramSection({ items }: Verdict, { image, heldOutScores, units }: Thresholds): Html {
  const test = items.filter(({ split }) => split === 'test')
  const range = scoreRange(items, { image, heldOutScores })
  if (range === undefined) return html``
  const { low, high } = range
  const span = high > low ? high - low : 1
  const x = (score: number): number => round(((score - low) / span) * WIDTH)
  const count = (values: readonly number[]): number[] => {
    const bins = new Array<number>(BINS).fill(0)
    for (const value of values) bins[Math.min(BINS - 1, Math.floor(((value - low) / span) * BINS))]++
    return bins
  }
  const labelled = (label: VerdictItem['label']): number[] =>
    test.filter((item) => item.label === label).map(({ score }) => score)
  const [good, bad, held] = [count(labelled('ok')), count(labelled('nok')), count(heldOutScores)]
  const most = (...panels: number[][]): number => Math.max(1, ...panels.flat())
  const upper = bars(good, most(good, held), TOP + PANEL, -1, 'good')
  const outline = bars(held, most(good, held), TOP + PANEL, -1, 'held')
  const lower = bars(bad, most(bad), TOP + PANEL + GAP, 1, 'bad')
  return html`<section><h2>Scores</h2>
    <svg viewBox="0 0 ${WIDTH} ${BOTTOM + 20}" role="img" aria-label="Histogram of scores, good images above, defective below">
      ${zones(image, x)}
      <g fill="none" stroke="var(--soft)" stroke-dasharray="2 2" opacity=".7">${outline}</g>
      <g fill="var(--good)">${upper}</g><g fill="var(--bad)">${lower}</g>
      <line x1="0" x2="${WIDTH}" y1="${TOP + PANEL + GAP / 2}" y2="${TOP + PANEL + GAP / 2}" stroke="var(--line)"/>
      <text x="0" y="${BOTTOM + 15}">${formatItemScore(low)}</text>
      <text x="${WIDTH}" y="${BOTTOM + 15}" text-anchor="end">${formatItemScore(high)}</text>
    </svg>
    <p class="soft"><span class="good">■</span> ${plural(labelled('ok').length, 'good test image')}
      &nbsp; <span class="bad">■</span> ${plural(labelled('nok').length, 'defective one')}
      ${heldOutScores.length === 0 ? null : html`&nbsp; dashed: ${plural(heldOutScores.length, units === 'parts' ? 'held-out part' : 'held-out image')}, which set the limits`}</p></section>`
}

function bars(counts: readonly number[], most: number, base: number, direction: 1 | -1, kind: string): Html[] {
  const width = WIDTH / BINS
  return counts.flatMap((n, i) => {
    if (n === 0) return []
    const height = round(Math.max(2, (n / most) * PANEL))
    const y = round(direction < 0 ? base - height : base)
    const inset = kind === 'held' ? 0 : 1
    return [
      html`<rect x="${round(i * width + inset)}" y="${y}" width="${round(width - 2 * inset)}" height="${height}" rx="1.5"/>`,
    ]
  })
}

function zones({ close, nok }: Thresholds['image'], x: (score: number) => number): Html[] {
  const lines: [number, string, string][] = []
  if (close !== null) lines.push([x(close), 'CLOSE', 'var(--close)'])
  if (nok !== null) lines.push([x(nok), 'NOK', 'var(--bad)'])
  return lines.map(([at, name, colour], i) => {
    const until = lines.at(i + 1)?.[0] ?? WIDTH
    return html`<rect x="${at}" y="${TOP - 8}" width="${round(until - at)}" height="${BOTTOM - TOP + 8}" fill="${colour}" opacity=".07"/>
      <line x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${BOTTOM}" stroke="${colour}" stroke-width="1.5"/>
      <text x="${at > WIDTH - 60 ? at - 4 : at + 4}" y="${i === 0 ? 10 : TOP - 2}" text-anchor="${at > WIDTH - 60 ? 'end' : 'start'}" style="fill:${colour}">${name}</text>`
  })
}

const round = (value: number): number => Math.round(value * 100) / 100
