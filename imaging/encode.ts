import type { Raster } from './raster.ts'
import { loadSharp } from './sharp.ts'

/**
 * PNG of 8 bits, grey or RGB, with no metadata but the resolution that sharp always writes. The same raster gives the
 * same bytes with one version of sharp.
 */
export async function encodePng(raster: Raster): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const { width, height, channels, data } = raster
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
  if (channels === 1) image.toColourspace('b-w')
  const buffer = await image.png({ compressionLevel: 6, adaptiveFiltering: false, palette: false }).toBuffer()
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
