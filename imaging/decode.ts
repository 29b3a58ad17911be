import { type Raster, rasterOf } from './raster.ts'
import { decodeSamples } from './samples.ts'

export { decodeMask } from './decode-mask.ts'

/**
 * Decodes PNG, JPEG, TIFF, WebP or BMP to RGB of 8 bits. The policy:
 * - 16 bits become 8 as round(v / 257), so 65535 is 255; shallower grey is stretched to 0..255;
 * - grey and palette become RGB; alpha is dropped, the colour under it stays;
 * - CMYK becomes sRGB through a generic press profile; ICC profiles are ignored (px as stored, as Pillow and OpenCV do);
 * - EXIF orientation is applied; of several pages the first counts;
 * - a file that is cut short or damaged is an error, never half an image.
 * Failures: E212 with what is wrong in plain words, E217 for size zero or over the limits.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Raster> {
  const { width, height, data } = await decodeSamples(bytes, 'drop')
  return rasterOf(data instanceof Uint16Array ? toEightBits(data) : data, width, height, 3)
}

function toEightBits(samples: Uint16Array): Uint8Array {
  const data = new Uint8Array(samples.length)
  for (let i = 0; i < data.length; i++) data[i] = Math.round(samples[i] / 257)
  return data
}
