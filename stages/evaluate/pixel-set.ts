import { Failure } from '../../base/diagnostic.ts'
import { labelComponents } from '../../imaging/components.ts'
import { rasterOf } from '../../imaging/raster.ts'
import { resize } from '../../imaging/resize.ts'
import type { Confusion } from '../../metrics/f1.ts'
import { PixelMetrics } from '../../metrics/pixel.ts'
import type { PixelCounting } from './pixel-counting.ts'
import { type MapGeometry, resampleMap } from './resample-map.ts'
import type { TestPixels } from './test-pixels.ts'

/** The px of one way of counting, image after image. */
export class PixelSet {
  readonly counting: PixelCounting
  readonly metrics = new PixelMetrics()
  /** Places in the list of labelled test images, in the order of `add`. */
  readonly members: number[] = []
  /** Px against `threshold` by image; empty without one. */
  readonly confusions: Confusion[] = []
  readonly #geometry: MapGeometry
  readonly #threshold: number | null
  #px = 0
  #countedPx = 0

  constructor(counting: PixelCounting, geometry: MapGeometry, threshold: number | null) {
    this.counting = counting
    this.#geometry = { ...geometry, geometry: counting.geometry }
    this.#threshold = counting.minmax ? null : threshold
  }

  /** Share of the area that counts, in (0, 1]; 1 without images. */
  get keptShare(): number {
    return this.#px === 0 ? 1 : this.#countedPx / this.#px
  }

  /** Adds the labelled test image at place `index`. E106 where the crop leaves nothing of it. */
  add(index: number, image: TestPixels): void {
    const { images, size, crop, minmax } = this.counting
    if (images === 'nok' && !image.nok) return
    const width = size === 'mask' ? image.width : size
    const height = size === 'mask' ? image.height : size
    if (2 * crop >= Math.min(width, height)) {
      throw new Failure('E106', `a border of ${crop} px leaves nothing of an image of ${width} x ${height} px`, {
        help: ['lower pixel_crop'],
      })
    }
    const map = cropped(resampleMap(image.map, this.#geometry, { width, height }, image), width, height, crop)
    const mask = image.mask && cropped(stretched(image.mask, image, width, height), width, height, crop)
    const regions = mask && labelComponents(mask, width - 2 * crop, height - 2 * crop)
    if (minmax) scaleToUnit(map)
    this.metrics.add({ map, mask, regions, nok: image.nok })
    this.members.push(index)
    if (this.#threshold !== null) this.confusions.push(confusionOf(map, mask, this.#threshold))
    this.#px += width * height
    this.#countedPx += map.length
  }
}

function stretched(mask: Uint8Array, from: TestPixels, width: number, height: number): Uint8Array {
  if (from.width === width && from.height === height) return mask
  return resize(rasterOf(mask, from.width, from.height, 1), width, height, 'nearest').data
}

function cropped<T extends Float32Array | Uint8Array>(values: T, width: number, height: number, border: number): T {
  if (border === 0) return values
  const inner = width - 2 * border
  const Values = values.constructor as new (length: number) => T
  const out = new Values(inner * (height - 2 * border))
  for (let y = border, o = 0; y < height - border; y++, o += inner) {
    out.set(values.subarray(y * width + border, (y + 1) * width - border), o)
  }
  return out
}

/** To 0 .. 1, in place; a map of one value becomes 0. */
function scaleToUnit(map: Float32Array): void {
  let low = Infinity
  let high = -Infinity
  for (const value of map) {
    if (value < low) low = value
    if (value > high) high = value
  }
  const range = high - low
  for (let i = 0; i < map.length; i++) map[i] = range > 0 ? (map[i] - low) / range : 0
}

function confusionOf(map: Float32Array, mask: Uint8Array | null, threshold: number): Confusion {
  const counts = { tp: 0, fp: 0, tn: 0, fn: 0 }
  for (let i = 0; i < map.length; i++) {
    const defective = mask !== null && mask[i] !== 0
    counts[map[i] > threshold ? (defective ? 'tp' : 'fp') : defective ? 'fn' : 'tn']++
  }
  return counts
}
