import { formatCount } from '../base/format.ts'
import { decodeBmp } from './bmp.ts'
import { memorySource } from './byte-source.ts'
import { jpegEndsEarly } from './formats/jpeg.ts'
import { pngEndsEarly } from './formats/png.ts'
import type { ImageFormat } from './formats/stored-header.ts'
import { webpEndsEarly } from './formats/webp.ts'
import { parseHeader } from './header.ts'
import { loadSharp } from './sharp.ts'
import { unreadable } from './unreadable.ts'

/** Decoded px before any reduction to 8 bits: RGB, or RGB with alpha where it was asked for and the file has one. */
export interface Samples {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array | Uint16Array
}

const FORMAT_NAMES: Readonly<Record<ImageFormat, string>> = {
  png: 'PNG',
  jpeg: 'JPEG',
  tiff: 'TIFF',
  webp: 'WebP',
  bmp: 'BMP',
}

/**
 * Decodes a whole file: palette and grey become RGB, CMYK becomes sRGB, EXIF orientation is applied, ICC profiles are
 * ignored. Of several pages the first. Failures: E212 (also for every file that is cut short), E217.
 */
export async function decodeSamples(bytes: Uint8Array, alpha: 'keep' | 'drop'): Promise<Samples> {
  const header = await parseHeader(memorySource(bytes))
  const name = FORMAT_NAMES[header.format]
  if (header.format === 'bmp') return { ...decodeBmp(bytes), channels: 3 }
  if (![1, 2, 4, 8, 16].includes(header.depth) || header.sampleFormat === 'other') {
    throw unreadable(
      header.sampleFormat === 'other'
        ? `${name} with signed or floating-point samples is not read; save it as 8 or 16 bit`
        : `${name} with ${header.depth} bits a sample is not read; save it as 8 or 16 bit`,
    )
  }
  if (endsEarly(header.format, bytes)) throw unreadable(`${name} ends early, after ${formatCount(bytes.length)} bytes`)
  try {
    return await decodeWithSharp(bytes, header.depth === 16, alpha)
  } catch (error) {
    throw unreadable(plainReason(name, bytes.length, error))
  }
}

function endsEarly(format: Exclude<ImageFormat, 'bmp'>, bytes: Uint8Array): boolean {
  switch (format) {
    case 'png':
      return pngEndsEarly(bytes)
    case 'jpeg':
      return jpegEndsEarly(bytes)
    case 'webp':
      return webpEndsEarly(bytes)
    case 'tiff':
      return false // strips lie anywhere: the decoder tells
  }
}

async function decodeWithSharp(bytes: Uint8Array, deep: boolean, alpha: 'keep' | 'drop'): Promise<Samples> {
  const sharp = await loadSharp()
  // Warnings count as failures: a JPEG hit in its middle decodes to the end with a warning only. The size limits were
  // checked on the header, with a message of their own.
  const image = sharp(bytes, { failOn: 'warning', ignoreIcc: true, limitInputPixels: false, sequentialRead: true })
  image.autoOrient()
  if (alpha === 'drop') image.removeAlpha()
  const raw = deep ? image.toColourspace('rgb16').raw({ depth: 'ushort' }) : image.toColourspace('srgb').raw()
  const { data, info } = await raw.toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  // A plain Uint8Array, not sharp's Buffer: two classes of array would halve the speed of every kernel behind.
  const samples = deep
    ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
    : new Uint8Array(data.buffer, data.byteOffset, data.length)
  if ((channels !== 3 && channels !== 4) || samples.length !== width * height * channels) {
    throw new Error(`decoder gave ${channels} channels`)
  }
  return { width, height, channels, data: samples }
}

function plainReason(name: string, size: number, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (/premature end of JPEG|got \d+ bytes, expected|unexpected end|truncat|not enough data/i.test(text)) {
    return `${name} ends early, after ${formatCount(size)} bytes`
  }
  const detail = text.split('\n')[0].replace(/^Input buffer (has corrupt header: )?/, '')
  return `${name} is damaged (${detail})`
}
