import type { ByteSource } from '../byte-source.ts'
import type { StoredHeader } from './stored-header.ts'
import { unreadable } from '../unreadable.ts'
import { orientationOf, readTiffDirectory } from './tiff.ts'

const EXIF_FLAG = 0x08
const ALPHA_FLAG = 0x10

/** The canvas of a WebP file: lossy (VP8), lossless (VP8L) or extended (VP8X, with EXIF anywhere behind it). */
export async function readWebpHeader(source: ByteSource): Promise<StoredHeader> {
  const head = await source.read(0, 30)
  if (head.length < 30) throw unreadable('WebP header is damaged or cut short')
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const base = { format: 'webp', depth: 8, sampleFormat: 'unsigned' } as const
  switch (String.fromCharCode(...head.subarray(12, 16))) {
    case 'VP8 ': {
      const width = view.getUint16(26, true) & 0x3fff
      const height = view.getUint16(28, true) & 0x3fff
      return { ...base, width, height, channels: 3, orientation: undefined }
    }
    case 'VP8L': {
      const bits = view.getUint32(21, true)
      const width = (bits & 0x3fff) + 1
      const height = ((bits >>> 14) & 0x3fff) + 1
      return { ...base, width, height, channels: (bits >>> 28) & 1 ? 4 : 3, orientation: undefined }
    }
    case 'VP8X': {
      const width = (view.getUint32(24, true) & 0xffffff) + 1
      const height = (view.getUint32(27 - 1, true) >>> 8) + 1
      const orientation = head[20] & EXIF_FLAG ? await readOrientation(source) : undefined
      return { ...base, width, height, channels: head[20] & ALPHA_FLAG ? 4 : 3, orientation }
    }
    default:
      throw unreadable('WebP header is damaged')
  }
}

async function readOrientation(source: ByteSource): Promise<number | undefined> {
  let offset = 12
  for (;;) {
    const chunk = await source.read(offset, 14)
    if (chunk.length < 14) return undefined
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
    const length = view.getUint32(4, true)
    if (String.fromCharCode(...chunk.subarray(0, 4)) === 'EXIF') {
      const prefixed = String.fromCharCode(...chunk.subarray(8, 12)) === 'Exif'
      return orientationOf(await readTiffDirectory(source, offset + (prefixed ? 14 : 8)))
    }
    offset += 8 + length + (length & 1)
  }
}

/** True where the RIFF container says more bytes than there are. */
export function webpEndsEarly(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return bytes.length < 12 || view.getUint32(4, true) + 8 > bytes.length
}
