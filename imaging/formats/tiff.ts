import type { ByteSource } from '../byte-source.ts'
import type { StoredHeader } from './stored-header.ts'
import { unreadable } from '../unreadable.ts'

const TAG = { width: 256, height: 257, bits: 258, photometric: 262, orientation: 274, samples: 277, format: 339 }
const TYPE_BYTES: Readonly<Partial<Record<number, number>>> = { 1: 1, 3: 2, 4: 4 } // BYTE, SHORT, LONG
const PALETTE = 3
const UNSIGNED = 1
const MAX_ENTRIES = 512

/**
 * The first directory of a classic TIFF (TIFF 6.0, section 2) that starts at `start`: tag -> first value, for tags of
 * whole numbers. EXIF in JPEG, PNG and WebP is the same structure. Undefined where the bytes are no TIFF.
 */
export async function readTiffDirectory(source: ByteSource, start: number): Promise<Map<number, number> | undefined> {
  const view = async (offset: number, length: number): Promise<DataView | undefined> => {
    const bytes = await source.read(start + offset, length)
    return bytes.length < length ? undefined : new DataView(bytes.buffer, bytes.byteOffset, length)
  }
  const head = await view(0, 8)
  const order = head?.getUint16(0)
  if (head === undefined || (order !== 0x4949 && order !== 0x4d4d)) return undefined
  const little = order === 0x4949
  if (head.getUint16(2, little) !== 42) return undefined
  const at = head.getUint32(4, little)
  const count = (await view(at, 2))?.getUint16(0, little)
  if (count === undefined || count === 0 || count > MAX_ENTRIES) return undefined
  const entries = await view(at + 2, count * 12)
  if (entries === undefined) return undefined
  const tags = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const type = entries.getUint16(i * 12 + 2, little)
    const bytes = TYPE_BYTES[type]
    const values = entries.getUint32(i * 12 + 4, little)
    if (bytes === undefined || values === 0) continue
    let from: DataView | undefined = entries
    let offset = i * 12 + 8
    if (bytes * values > 4) {
      from = await view(entries.getUint32(offset, little), bytes)
      offset = 0
      if (from === undefined) continue
    }
    const value =
      type === 1 ? from.getUint8(offset) : type === 3 ? from.getUint16(offset, little) : from.getUint32(offset, little)
    tags.set(entries.getUint16(i * 12, little), value)
  }
  return tags
}

/** EXIF orientation 1 to 8 of a directory; undefined where it has none. */
export function orientationOf(tags: Map<number, number> | undefined): number | undefined {
  const value = tags?.get(TAG.orientation)
  return value !== undefined && value >= 1 && value <= 8 ? value : undefined
}

/** The first image of a TIFF file. */
export async function readTiffHeader(source: ByteSource): Promise<StoredHeader> {
  const tags = await readTiffDirectory(source, 0)
  const width = tags?.get(TAG.width)
  const height = tags?.get(TAG.height)
  if (tags === undefined || width === undefined || height === undefined) {
    throw unreadable('TIFF header is damaged or cut short')
  }
  const palette = tags.get(TAG.photometric) === PALETTE
  const depth = tags.get(TAG.bits) ?? 1
  return {
    format: 'tiff',
    width,
    height,
    channels: palette ? 3 : (tags.get(TAG.samples) ?? 1),
    depth: palette ? 8 : depth,
    orientation: orientationOf(tags),
    sampleFormat: (tags.get(TAG.format) ?? UNSIGNED) === UNSIGNED ? 'unsigned' : 'other',
  }
}
