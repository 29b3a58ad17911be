import { Failure } from '../base/diagnostic.ts'
import { formatCount } from '../base/format.ts'
import { readBmpHeader } from './bmp.ts'
import { type ByteSource, withFileSource } from './byte-source.ts'
import { readJpegHeader } from './formats/jpeg.ts'
import { readPngHeader } from './formats/png.ts'
import type { ImageFormat, StoredHeader } from './formats/stored-header.ts'
import { readTiffHeader } from './formats/tiff.ts'
import { readWebpHeader } from './formats/webp.ts'
import { unreadable } from './unreadable.ts'

export type { ImageFormat } from './formats/stored-header.ts'

export interface ImageHeader {
  readonly format: ImageFormat
  /** Size in px as `decodeImage` gives it: the orientation is already applied. */
  readonly width: number
  readonly height: number
  /** Samples a px in the file: 1 grey, 2 grey + alpha, 3 RGB or palette, 4 RGB + alpha or CMYK. */
  readonly channels: number
  /** Bits a sample; 8 for a palette. */
  readonly depth: number
  /** EXIF orientation, 1 to 8, where the file has one. */
  readonly orientation?: number
}

export const MAX_SIDE_PX = 16_384
export const MAX_AREA_PX = 16_384 ** 2

/**
 * Format, size and depth of an image file from its first bytes alone; no px is decoded, so a file cut short behind its
 * header passes. Failures: E212 no image or a damaged header, E217 size zero or over the limits, E403 cannot be opened.
 */
export async function readHeader(path: string): Promise<ImageHeader> {
  try {
    return publicHeader(await withFileSource(path, parseHeader))
  } catch (error) {
    if (error instanceof Failure) {
      const { code, message, help } = error.diagnostic
      throw new Failure(code, message, { at: { file: path }, ...(help === undefined ? {} : { help }) })
    }
    if (error instanceof Error && 'code' in error) {
      throw new Failure('E403', `cannot read the image: ${String(error.code)}`, { at: { file: path } })
    }
    throw error
  }
}

/** The header as it lies in the file, with its size checked against the limits. */
export async function parseHeader(source: ByteSource): Promise<StoredHeader> {
  const header = await readByFormat(source)
  const { width, height } = header
  if (width === 0 || height === 0) throw new Failure('E217', `image of size zero: ${width} x ${height} px`)
  if (width > MAX_SIDE_PX || height > MAX_SIDE_PX || width * height > MAX_AREA_PX) {
    throw new Failure(
      'E217',
      `image too large: ${formatCount(width)} x ${formatCount(height)} px, ` +
        `the limit is ${formatCount(MAX_SIDE_PX)} px a side and ${Math.floor(MAX_AREA_PX / 1e6)} Mpx`,
      { help: ['cut or shrink the image before this step'] },
    )
  }
  return header
}

async function readByFormat(source: ByteSource): Promise<StoredHeader> {
  if (source.size === 0) throw unreadable('the file is empty')
  const magic = await source.read(0, 12)
  const text = String.fromCharCode(...magic)
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return readPngHeader(source)
  if (text.startsWith('\xff\xd8\xff')) return readJpegHeader(source)
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return readTiffHeader(source)
  if (text.startsWith('RIFF') && text.slice(8) === 'WEBP') return readWebpHeader(source)
  if (text.startsWith('BM')) return readBmpHeader(source)
  throw unreadable('neither PNG, JPEG, TIFF, WebP nor BMP')
}

function publicHeader(stored: StoredHeader): ImageHeader {
  const { format, width, height, channels, depth, orientation } = stored
  const turned = orientation !== undefined && orientation >= 5
  return {
    format,
    width: turned ? height : width,
    height: turned ? width : height,
    channels,
    depth,
    ...(orientation === undefined ? {} : { orientation }),
  }
}
