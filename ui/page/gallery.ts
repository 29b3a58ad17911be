import type { VerdictItem } from '../../artifacts/verdict.ts'
import { plural } from '../../base/format.ts'
import type { PageInput } from '../../runner/publish.ts'
import { colourScale } from './colour-scale.ts'
import { type Html, html, relativeUrl } from './html.ts'
import { badge, worstFirst } from './judged.ts'
import { formatItemScore } from './limits.ts'

const MOST_SHOTS = 200

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
