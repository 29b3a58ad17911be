import { centrePrior, type Baseline } from './baselines.ts'
import { PixelMetrics, type PixelPooling } from './pixel.ts'

/** Pixel AUROC of three maps that know nothing of defects, on the same px as the model's; fed image after image. */
export class PixelBaselines {
  readonly #centre = new PixelMetrics()
  readonly #gradient = new PixelMetrics()
  readonly #centrePriors = new Map<string, Float32Array>()

  /** `gradient` is the image's gradient magnitude at the mask's size. */
  add(image: {
    readonly gradient: Float32Array
    readonly mask: Uint8Array | null
    readonly nok: boolean
    readonly width: number
    readonly height: number
  }): void {
    const { gradient, mask, nok, width, height } = image
    const size = `${width}x${height}`
    let prior = this.#centrePriors.get(size)
    if (prior === undefined) this.#centrePriors.set(size, (prior = centrePrior(width, height)))
    this.#centre.add({ map: prior, mask, regions: null, nok })
    this.#gradient.add({ map: gradient, mask, regions: null, nok })
  }

  /** The three baselines; a constant has 0.5 by definition where both classes are there. */
  result(pooling: Exclude<PixelPooling, 'foreground'> = 'all'): Baseline[] {
    const centre = this.#centre.result(pooling).auroc
    return [
      { name: 'constant', auroc: centre === null ? null : 0.5 },
      { name: 'centre prior', auroc: centre },
      { name: 'gradient magnitude', auroc: this.#gradient.result(pooling).auroc },
    ]
  }
}
