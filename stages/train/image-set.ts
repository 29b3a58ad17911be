import type { WorkingImages } from '../../artifacts/model.ts'
import { fitInto } from '../../imaging/resize.ts'
import type { ItemsInput, TaskItem } from '../stage.ts'

/** Rendered images are kept up to here, so that small sets are rendered once and large ones never fill the memory. */
const KEPT_BYTES = 512e6

/** Images at the size that a model sees, RGB, 8 bit, [size, size, 3]. */
export class ImageSet {
  readonly #images: Pick<ItemsInput, 'render'>
  readonly #working: WorkingImages
  readonly #kept = new Map<TaskItem, Uint8Array>()
  readonly #bytes: number

  constructor(images: Pick<ItemsInput, 'render'>, working: WorkingImages) {
    this.#images = images
    this.#working = working
    this.#bytes = working.size ** 2 * 3
  }

  /** The images one after another, [items, size, size, 3]. */
  async batch(items: readonly TaskItem[]): Promise<Uint8Array> {
    const batch = new Uint8Array(items.length * this.#bytes)
    for (const [i, item] of items.entries()) batch.set(await this.#render(item), i * this.#bytes)
    return batch
  }

  async #render(item: TaskItem): Promise<Uint8Array> {
    const known = this.#kept.get(item)
    if (known !== undefined) return known
    const { size, fit, filter } = this.#working
    const { data } = fitInto(await this.#images.render(item), size, size, fit, filter)
    if ((this.#kept.size + 1) * this.#bytes <= KEPT_BYTES) this.#kept.set(item, data)
    return data
  }
}
