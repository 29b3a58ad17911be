import type { VerdictItem } from '../../artifacts/verdict.ts'
import { plural } from '../../base/format.ts'
import type { ReportInput } from '../../runner/report/read-report.ts'
import { colourScale } from '../page/colour-scale.ts'
import { type Html, html } from '../page/html.ts'
import { badge, isFalseReject, isMiss, worstFirst } from '../page/judged.ts'
import { formatItemScore } from '../page/limits.ts'

type Thumbnails = ReportInput['pictures'] extends ReadonlyMap<string, infer T> ? T : never

/** Bytes of pictures that a report carries at most, as they are: base64 adds a third, and the file is to stay below 5 MB. */
const MOST_BYTES = 3_400_000

/**
 * Test images with heat map, predicted and true rim laid over them, wrong decisions first. Without the page's program a plain
 * list of overlays; with it sorted, filtered, switched and walked through by keys. At most `images` of them, the rest by name.
 */
export function gallerySection({ verdict, thresholds, pictures }: ReportInput, images: number): Html {
  const items = verdict.items.filter(({ split }) => split === 'test').sort(worstFirst)
  const { shown, rest } = fitting(items, pictures, images)
  if (items.length === 0) return html``
  return html`<section id="images"><h2>Images</h2>
    <p class="soft">Wrong decisions first, then by falling score. The heat map lies over the image where it is not calm, on one colour scale for all;
      <span class="key predicted">blue</span> is the rim of what was found, <span class="key truth">green</span> of what the mask says.</p>
    ${colourScale(thresholds)}
    ${shown.length === 0 ? html`<p>No pictures: add <code>outputs:</code> to the spec, and the run draws them.</p>` : controls()}
    <div class="cards" id="cards">${shown.map(([item, thumbnails], i) => card(item, thumbnails, i))}</div>
    ${rest.length === 0 ? null : restTable(rest)}
  </section>${shown.length === 0 ? null : viewer()}`
}

type Shown = readonly (readonly [VerdictItem, Thumbnails])[]

/** The first so many that have pictures and fit the file together. */
function fitting(
  items: readonly VerdictItem[],
  pictures: ReportInput['pictures'],
  most: number,
): { shown: Shown; rest: VerdictItem[] } {
  const shown: [VerdictItem, Thumbnails][] = []
  const rest: VerdictItem[] = []
  let bytes = 0
  for (const item of items) {
    const thumbnails = pictures.get(item.digest)
    bytes += thumbnails === undefined ? 0 : bytesOf(thumbnails)
    if (thumbnails === undefined || shown.length >= most || bytes > MOST_BYTES) rest.push(item)
    else shown.push([item, thumbnails])
  }
  return { shown, rest }
}

const bytesOf = ({ image, heat, predicted, truth }: Thumbnails): number =>
  image.byteLength + heat.byteLength + (predicted?.byteLength ?? 0) + (truth?.byteLength ?? 0)

const controls = (): Html => html`<form class="controls" id="controls" hidden>
    <label>Order <select name="order"><option value="worst">wrong first</option><option value="score">score, falling</option>
      <option value="rising">score, rising</option><option value="name">name</option></select></label>
    <label>Show <select name="show"><option value="all">all</option><option value="wrong">wrong decisions</option><option value="miss">misses</option>
      <option value="reject">false rejects</option><option value="nok">defective</option><option value="ok">good</option></select></label>
    <label>Heat map <input type="range" name="heat" min="0" max="1" step="0.05" value="0.6"></label>
    <label><input type="checkbox" name="predicted" checked> found</label>
    <label><input type="checkbox" name="truth" checked> mask</label>
    <output class="soft" id="shown-count"></output>
  </form>`

function card(item: VerdictItem, { image, heat, predicted, truth }: Thumbnails, index: number): Html {
  const wrong = isMiss(item) ? 'miss' : isFalseReject(item) ? 'reject' : ''
  const layer = (bytes: Uint8Array | undefined, name: string): Html | null =>
    bytes === undefined ? null : html`<img class="${name}" src="${webp(bytes)}" alt="" loading="lazy">`
  return html`<button type="button" class="card" data-index="${index}" data-score="${item.score}" data-label="${item.label}" data-wrong="${wrong}" data-name="${item.id}">
    <span class="stack"><img src="${webp(image)}" alt="${item.id}" loading="lazy">${layer(heat, 'heat')}${layer(predicted, 'predicted')}${layer(truth, 'truth')}</span>
    <span class="words">${badge(item)} &nbsp;${formatItemScore(item.score)}
      <span class="soft">${item.pValue === null ? null : `p ${item.pValue.toFixed(3)}`}</span><br>
      <span class="file">${item.id}</span> <span class="soft">${[item.defect, item.part].filter(Boolean).join(', ')}</span></span></button>`
}

const webp = (bytes: Uint8Array): string => `data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`

const restTable = (
  rest: readonly VerdictItem[],
): Html => html`<details><summary>${plural(rest.length, 'more image')}</summary>
  <table><thead><tr><th>image</th><th class="number">score</th><th>verdict</th></tr></thead><tbody>${rest.map(
    (item) =>
      html`<tr><td>${item.id}</td><td class="number">${formatItemScore(item.score)}</td><td>${badge(item)}</td></tr>`,
  )}</tbody></table></details>`

/** One image large: left of the divider as it is, right of it with all that lies over it. */
const viewer = (): Html => html`<dialog id="viewer" aria-label="One image">
  <div class="stage" tabindex="0" autofocus><div class="zoomed" id="zoomed"></div></div>
  <div class="bar"><label>Divider <input type="range" id="divider" min="0" max="100" value="0"></label>
    <span id="viewer-words"></span></div>
  <p class="soft"><kbd>←</kbd> <kbd>→</kbd> next &nbsp; <kbd>h</kbd> heat map &nbsp; <kbd>p</kbd> found &nbsp; <kbd>t</kbd> mask &nbsp; <kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd> zoom &nbsp; <kbd>Esc</kbd> close</p>
  <form method="dialog"><button>close</button></form>
</dialog>`
