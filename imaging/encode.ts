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
  return bytesOf(await image.png({ compressionLevel: 6, adaptiveFiltering: false, palette: false }).toBuffer())
}

/** Compressed with loss, for pages. `opacity`, 0..255 for each px, makes it lie over another picture. */
export async function encodeWebp({ width, height, channels, data }: Raster, opacity?: Uint8Array): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const image = sharp(data, { raw: { width, height, channels } })
  if (opacity !== undefined) image.joinChannel(Buffer.from(opacity), { raw: { width, height, channels: 1 } })
  return bytesOf(await image.webp({ quality: 75, alphaQuality: 75, effort: 2 }).toBuffer())
}

const bytesOf = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
