import { Failure } from '../base/diagnostic.ts'

/** An image's error map with its truth, all row-major and of one size: that of the original mask (recipes 6.3). */
export interface PixelImage {
  readonly map: Float32Array
  /** Nonzero where defective; null where nothing is. */
  readonly mask: Uint8Array | null
  /**
   * 8-connected components of the mask, labels 1 .. count and 0 outside. Null where not known; where the mask
   * holds defective px, AUPRO is undefined then for every set with this image.
   */
  readonly regions: { readonly labels: Int32Array; readonly count: number } | null
  /** Whether the image counts as defective, for the pooling `nok`. */
  readonly nok: boolean
  /** Nonzero on the part itself, for the pooling `foreground`; null or absent: the whole image is. */
  readonly foreground?: Uint8Array | null
}

/** Throws where the arrays of an image do not fit together: E213 for the mask's size, else a bug of the caller. */
export function checkPixelImage({ map, mask, regions, foreground }: PixelImage): void {
  if (mask !== null && mask.length !== map.length) {
    throw new Failure('E213', `a mask of ${mask.length} px does not fit an error map of ${map.length} px`)
  }
  if (regions !== null && regions.labels.length !== map.length) throw new Error('region labels and map differ in size')
  if (foreground && foreground.length !== map.length) throw new Error('foreground and map differ in size')
}

/** What a px of each region adds to the overlap, 1 / (size of the region), by label; index 0 is outside. */
export function regionWeights({ mask, regions }: PixelImage): Float64Array {
  if (mask === null || regions === null) return new Float64Array(1)
  const sizes = new Float64Array(regions.count + 1)
  for (let i = 0; i < mask.length; i++) {
    const label = regions.labels[i]
    if ((mask[i] !== 0) !== label > 0) throw new Error('region labels and mask differ')
    if (label > regions.count) throw new Error(`label ${label} of ${regions.count} regions`)
    sizes[label]++
  }
  sizes[0] = 0
  return sizes.map((size) => (size === 0 ? 0 : 1 / size))
}

/** The image as if it had its foreground alone: regions shrink to their part there, those without any vanish. */
export function foregroundOnly(image: PixelImage): PixelImage {
  const { map, mask, regions, nok, foreground } = image
  if (!foreground) return image
  const inForeground = (_: number, i: number): boolean => foreground[i] !== 0
  return {
    map: map.filter(inForeground),
    mask: mask && mask.filter(inForeground),
    regions: regions && { labels: regions.labels.filter(inForeground), count: regions.count },
    nok,
  }
}
