import type { DefectRow, Verdict } from '../../artifacts/verdict.ts'
import { formatCount, formatScore } from '../../base/format.ts'
import { type Html, html } from './html.ts'

/** One row for each type of defect, the worst found first, and one for each size. */
export function defectsSection({ defects, sizes }: Verdict): Html {
  const sorted = [...defects].sort(
    (a, b) => (a.recall.value ?? 2) - (b.recall.value ?? 2) || (a.defect < b.defect ? -1 : 1),
  )
  return html`${table('Types of defect', 'type', sorted)}${table('Sizes of defect', 'share of the image', sizes)}`
}

function table(title: string, first: string, rows: readonly DefectRow[]): Html {
  if (rows.length === 0) return html``
  return html`<section><h2>${title}</h2><div class="scroll"><table>
    <tr><th>${first}</th><th class="number">images</th><th class="number">found at the limit</th><th class="number">image AUROC</th><th class="number">pixel AUROC</th><th class="number">median area</th></tr>
    ${rows.map(row)}
  </table></div></section>`
}

const row = ({ defect, images, recall, imageAuroc, pixelAuroc, medianAreaShare }: DefectRow): Html => html`<tr>
  <td>${defect}</td><td class="number">${formatCount(images)}</td>
  <td class="number">${formatScore(recall.value, recall.interval)}</td>
  <td class="number">${formatScore(imageAuroc.value, imageAuroc.interval)}</td>
  <td class="number">${formatScore(pixelAuroc.value, pixelAuroc.interval)}</td>
  <td class="number">${medianAreaShare === null ? '' : `${(medianAreaShare * 100).toPrecision(2)} %`}</td></tr>`
