import type { ByteSource } from '../byte-source.ts'
import type { StoredHeader } from './stored-header.ts'
import { unreadable } from '../unreadable.ts'
import { orientationOf, readTiffDirectory } from './tiff.ts'

const EXIF = 'Exif\0\0'
const APP1 = 0xe1
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
const DEFINE_HUFFMAN = 0xc4
const RESERVED = 0xc8
const DEFINE_ARITHMETIC = 0xcc

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![DEFINE_HUFFMAN, RESERVED, DEFINE_ARITHMETIC].includes(marker)
/** RST0..7, SOI, TEM: markers that no length follows (ITU-T T.81, B.1.1.3). */
const standsAlone = (marker: number): boolean => (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01

/** Size from the first frame segment, orientation from EXIF in front of it. */
export async function readJpegHeader(source: ByteSource): Promise<StoredHeader> {
  let orientation: number | undefined
  let offset = 2
  for (;;) {
    const head = await source.read(offset, 18)
    if (head.length < 4) throw unreadable(`JPEG ends early, after ${source.size.toLocaleString('en-US')} bytes`)
    if (head[0] !== 0xff) throw unreadable('JPEG header is damaged')
    const marker = head[1]
    if (marker === 0xff || standsAlone(marker)) {
      offset += marker === 0xff ? 1 : 2
      continue
    }
    if (isFrame(marker) && head.length >= 10) {
      const depth = head[4]
      return {
        format: 'jpeg',
        width: (head[7] << 8) | head[8],
        height: (head[5] << 8) | head[6],
        channels: head[9],
        depth,
        orientation,
        sampleFormat: 'unsigned',
      }
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) throw unreadable('JPEG has no frame header')
    if (marker === APP1 && orientation === undefined && String.fromCharCode(...head.subarray(4, 10)) === EXIF) {
      orientation = orientationOf(await readTiffDirectory(source, offset + 10))
    }
    offset += 2 + ((head[2] << 8) | head[3])
  }
}

/** True where no end-of-image marker follows the last scan. Bytes behind the marker are allowed: cameras append some. */
export function jpegEndsEarly(bytes: Uint8Array): boolean {
  for (let i = bytes.length - 2; i >= 2; i--) {
    if (bytes[i] !== 0xff) continue
    if (bytes[i + 1] === END_OF_IMAGE) return false
    if (bytes[i + 1] === START_OF_SCAN) return true
  }
  return true
}
