import type { ScoresHeader } from '../../artifacts/scores.ts'
import type { BorderLoss } from '../../artifacts/verdict.ts'
import { insideBorder } from './resample-map.ts'
import type { TestPixels } from './test-pixels.ts'

/** Counts what the border that the image score leaves out hides of the defects, image after image. */
export class BorderAccount {
  readonly #header: ScoresHeader
  #defectPx = 0
  #hiddenPx = 0
  #imagesOutside = 0
  #calledOutside = 0

  constructor(header: ScoresHeader) {
    this.#header = header
  }

  /** `called`: the image was decided NOK. Good images and those without a mask add nothing. */
  add({ mask, width, height }: TestPixels, called: boolean): void {
    if (mask === null || this.#header.border === 0) return
    const { left, top, right, bottom } = insideBorder(this.#header, this.#header.border, { width, height })
    let all = 0
    let kept = 0
    for (let row = 0, i = 0; row < height; row++) {
      const inRows = row >= top && row < bottom
      for (let column = 0; column < width; column++, i++) {
        if (mask[i] === 0) continue
        all++
        if (inRows && column >= left && column < right) kept++
      }
    }
    this.#defectPx += all
    this.#hiddenPx += all - kept
    if (kept > 0) return
    this.#imagesOutside++
    if (called) this.#calledOutside++
  }

  /** `called`: defective images decided NOK, of `defective` labelled ones; null without limits. */
  result(called: number | null, defective: number): BorderLoss | null {
    const { border: cells, grid } = this.#header
    if (cells === 0) return null
    return {
      cells,
      keptShare: ((grid - 2 * cells) / grid) ** 2,
      defectShare: this.#defectPx === 0 ? null : this.#hiddenPx / this.#defectPx,
      imagesOutside: this.#imagesOutside,
      recallWithThemMissed: called === null || defective === 0 ? null : (called - this.#calledOutside) / defective,
    }
  }
}
