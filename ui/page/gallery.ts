import type { Thresholds, VerdictItem } from '../../artifacts/verdict.ts'
import { plural } from '../../base/format.ts'
import { colourAt } from '../../imaging/colour-map.ts'
import type { PageInput } from '../../runner/publish.ts'
import { type Html, html, relativeUrl } from './html.ts'
import { formatItemScore } from './limits.ts'

const MOST_SHOTS = 200
const SCALE_WIDTH = 520

type ItemPictures = PageInput['pictures'] extends ReadonlyMap<string, infer P> ? P : never

/** Test images with overlay, heat map and mask: wrong decisions first, then by falling score. */
export function gallerySection({ verdict, thresholds, pictures }: PageInput): Html {
  const items = verdict.items.filter(({ id, split }) => split === 'test' && pictures.has(id)).sort(worstFirst)
  if (items.length === 0) return html``
  const rest = items.slice(MOST_SHOTS)
  return html`<section><h2>Images</h2>
    <p class="soft">Wrong decisions first, then by falling score. Each with its heat map laid over it, the heat map alone, and the mask.
      One colour scale for all.</p>
    ${colourScale(thresholds)}
    <div class="gallery">${items.slice(0, MOST_SHOTS).map((item) => shot(item, pictures.get(item.id)))}</div>
    ${
      rest.length === 0
        ? null
        : html`<details><summary>${plural(rest.length, 'more image')}</summary><table>${rest.map(
            (item) =>
              html`<tr><td>${item.id}</td><td class="number">${formatItemScore(item.score)}</td><td>${badge(item)}</td></tr>`,
          )}</table></details>`
    }</section>`
}

const isMiss = ({ label, decision }: VerdictItem): boolean => label === 'nok' && decision === 'OK'
const isFalseReject = ({ label, decision }: VerdictItem): boolean => label === 'ok' && decision === 'NOK'
const rank = (item: VerdictItem): number => (isMiss(item) ? 0 : isFalseReject(item) ? 1 : 2)

const worstFirst = (a: VerdictItem, b: VerdictItem): number =>
  rank(a) - rank(b) || b.score - a.score || (a.id < b.id ? -1 : 1)

function shot(item: VerdictItem, pictures: ItemPictures | undefined): Html {
  if (pictures === undefined) return html``
  const image = (path: string, what: string): Html =>
    html`<a href="${relativeUrl(path)}"><img src="${relativeUrl(path)}" loading="lazy" alt="${what} of ${item.id}"></a>`
  return html`<div class="shot"><div class="pictures">
      ${image(pictures.overlay, 'overlay')}${image(pictures.heatMap, 'heat map')}${image(pictures.mask, 'mask')}
    </div><div class="words">${badge(item)} &nbsp; ${formatItemScore(item.score)}
      <span class="soft">${item.pValue === null ? null : `p ${item.pValue.toFixed(3)}`}</span><br>
      <span class="file">${item.id}</span>${item.defect === undefined ? null : html` <span class="soft">${item.defect}</span>`}
    </div></div>`
}

const TONES = { OK: 'good', CLOSE: 'close', NOK: 'bad' } as const

/** `NOK`, and in words where that is wrong. */
function badge(item: VerdictItem): Html {
  if (item.decision === null) return html`<span class="badge soft">no verdict</span>`
  const wrong = isMiss(item) ? ', a miss' : isFalseReject(item) ? ', a false reject' : ''
  return html`<span class="badge ${wrong === '' ? TONES[item.decision] : 'bad'}">${item.decision}${wrong}</span>`
}

/** The colours of all heat maps, with their ends and the pixel limit. */
function colourScale({ scale: { low, high }, pixel }: Thresholds): Html {
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
