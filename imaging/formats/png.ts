import type { ByteSource } from '../byte-source.ts'
import type { StoredHeader } from './stored-header.ts'
import { unreadable } from '../unreadable.ts'
import { orientationOf, readTiffDirectory } from './tiff.ts'

const SIGNATURE_BYTES = 8
const CHANNELS: Readonly<Partial<Record<number, number>>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 } // by colour type (PNG 11.2.2)
const PALETTE = 3

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
const nameOf = (bytes: Uint8Array, offset: number): string => String.fromCharCode(...bytes.subarray(offset, offset + 4))

/** IHDR, and the orientation of an eXIf chunk in front of the px. A palette counts as 8-bit RGB. */
export async function readPngHeader(source: ByteSource): Promise<StoredHeader> {
  const head = await source.read(0, 33)
  if (head.length < 33 || nameOf(head, 12) !== 'IHDR') throw unreadable('PNG header is damaged or cut short')
  const view = viewOf(head)
  const colourType = view.getUint8(25)
  const channels = CHANNELS[colourType]
  if (channels === undefined) throw unreadable('PNG header is damaged: unknown colour type')
  return {
    format: 'png',
    width: view.getUint32(16),
    height: view.getUint32(20),
    channels,
    depth: colourType === PALETTE ? 8 : view.getUint8(24),
    orientation: await readOrientation(source),
    sampleFormat: 'unsigned',
  }
}

async function readOrientation(source: ByteSource): Promise<number | undefined> {
  let offset = 33
  for (;;) {
    const chunk = await source.read(offset, 8)
    if (chunk.length < 8) return undefined
    const name = nameOf(chunk, 4)
    if (name === 'IDAT' || name === 'IEND') return undefined
    if (name === 'eXIf') return orientationOf(await readTiffDirectory(source, offset + 8))
    offset += 12 + viewOf(chunk).getUint32(0)
  }
}

/** True where the chunks stop before the end of IEND. */
export function pngEndsEarly(bytes: Uint8Array): boolean {
  const view = viewOf(bytes)
  let offset = SIGNATURE_BYTES
  while (offset + 12 <= bytes.length) {
    const end = offset + 12 + view.getUint32(offset)
    if (nameOf(bytes, offset + 4) === 'IEND') return end > bytes.length
    offset = end
  }
  return true
}
