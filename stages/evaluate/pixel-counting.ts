import type { EvaluateSettings } from './settings.ts'

/** Which px count, and how their maps are brought to the size of their masks. */
export interface PixelCounting {
  readonly images: 'all' | 'nok'
  readonly sample: number | 'all'
  readonly minmax: boolean
  readonly size: 'mask' | number
  /** Px left out on each side, at that size. */
  readonly crop: number
  readonly geometry: 'exact' | 'stretch'
}

/** Recipes 2.2, rows E4 to E7. */
export const STANDARD_PIXELS: PixelCounting = {
  images: 'all',
  sample: 'all',
  minmax: false,
  size: 'mask',
  crop: 0,
  geometry: 'exact',
}
export const THESIS_PIXELS: PixelCounting = {
  images: 'nok',
  sample: 250,
  minmax: true,
  size: 512,
  crop: 20,
  geometry: 'stretch',
}

export const countingOf = (settings: EvaluateSettings, geometry: PixelCounting['geometry']): PixelCounting => ({
  images: settings.pixel_images,
  sample: settings.pixel_sample,
  minmax: settings.minmax_per_image,
  size: settings.pixel_size,
  crop: settings.pixel_crop,
  geometry,
})

/** In words, for the note beside another protocol's figures. */
export function countingText({ images, sample, minmax, size, crop, geometry }: PixelCounting): string {
  return [
    images === 'all' ? 'px of all test images' : 'px of defective images alone',
    ...(sample === 'all' ? [] : [`at most ${sample} images, drawn by the seed`]),
    size === 'mask' ? 'at the size of the mask' : `at ${size} x ${size} px`,
    ...(geometry === 'stretch' ? ['maps stretched over the image'] : []),
    ...(crop === 0 ? [] : [`${crop} px left out on each side`]),
    ...(minmax ? ['every map scaled to its own 0 to 1'] : []),
  ].join(', ')
}
