import type { Thresholds } from '../../artifacts/verdict.ts'
import { colourAt } from '../../imaging/colour-map.ts'
import { type Html, html } from './html.ts'
import { formatItemScore } from './limits.ts'

const SCALE_WIDTH = 520

/** The colours of all heat maps, with their ends and the pixel limit. */
export function colourScale({ scale: { low, high }, pixel }: Thresholds): Html {
  const stops = Array.from({ length: 17 }, (_, i) => {
    const [r, g, b] = colourAt(Math.min(255, i * 16))
    return html`<stop offset="${i / 16}" stop-color="rgb(${r},${g},${b})"/>`
  })
  const share = pixel === null || high <= low ? null : Math.min(1, Math.max(0, (pixel - low) / (high - low)))
  const at = share === null ? null : Math.round(share * SCALE_WIDTH * 10) / 10
  return html`<svg class="scale" viewBox="0 0 ${SCALE_WIDTH} 44" role="img" aria-label="Colour scale of the heat maps">
    <defs><linearGradient id="scale">${stops}</linearGradient></defs>
    <rect x="0" y="14" width="${SCALE_WIDTH}" height="12" rx="3" fill="url(#scale)"/>
    ${
      at === null
        ? null
        : html`<line x1="${at}" x2="${at}" y1="12" y2="29" stroke="var(--ink)" stroke-width="2"/>
          <text x="${at}" y="8" text-anchor="${at < 60 ? 'start' : at > SCALE_WIDTH - 60 ? 'end' : 'middle'}">limit ${formatItemScore(pixel ?? 0)}</text>`
    }
    <text x="0" y="41">${formatItemScore(low)} and less</text>
    <text x="${SCALE_WIDTH}" y="41" text-anchor="end">${formatItemScore(high)} and more</text>
  </svg>`
}
