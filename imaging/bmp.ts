import { formatCount } from '../base/format.ts'
import type { ByteSource } from './byte-source.ts'
import type { StoredHeader } from './formats/stored-header.ts'
import { type Raster, rasterOf } from './raster.ts'
import { unreadable } from './unreadable.ts'

const FILE_HEADER_BYTES = 14
const CORE_HEADER_BYTES = 12 // OS/2 1.x
const INFO_HEADER_BYTES = 40 // longer ones (V2 to V5) start with the same fields
const UNCOMPRESSED = 0
const BIT_FIELDS = 3
const ALPHA_BIT_FIELDS = 6

interface BmpLayout {
  readonly width: number
  readonly height: number
  readonly topDown: boolean
  readonly bits: number
  readonly compression: number
  readonly headerBytes: number
  readonly colours: number
  readonly pixelOffset: number
}

/** Size and depth of a Windows bitmap; 16 to 32 bits a px count as three channels, since its alpha is not read. */
export async function readBmpHeader(source: ByteSource): Promise<StoredHeader> {
  const { width, height } = readLayout(await source.read(0, FILE_HEADER_BYTES + INFO_HEADER_BYTES))
  return { format: 'bmp', width, height, channels: 3, depth: 8, orientation: undefined, sampleFormat: 'unsigned' }
}

function readLayout(bytes: Uint8Array): BmpLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES) throw unreadable('BMP header is damaged or cut short')
  const pixelOffset = view.getUint32(10, true)
  const headerBytes = view.getUint32(14, true)
  if (headerBytes === CORE_HEADER_BYTES) {
    return {
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      topDown: false,
      bits: view.getUint16(24, true),
      compression: UNCOMPRESSED,
      headerBytes,
      colours: 0,
      pixelOffset,
    }
  }
  if (headerBytes < INFO_HEADER_BYTES || bytes.length < FILE_HEADER_BYTES + INFO_HEADER_BYTES) {
    throw unreadable('BMP header is damaged or cut short')
  }
  const height = view.getInt32(22, true)
  return {
    width: view.getUint32(18, true),
    height: Math.abs(height),
    topDown: height < 0,
    bits: view.getUint16(28, true),
    compression: view.getUint32(30, true),
    headerBytes,
    colours: view.getUint32(46, true),
    pixelOffset,
  }
}

/**
 * Decodes a Windows bitmap to RGB: 1, 4 and 8 bits through the palette, 16 and 32 bits with or without bit masks, 24
 * bits; rows bottom-up or top-down, each padded to 4 bytes. Alpha is ignored. The size must have been checked before.
 * Failure E212: cut short, run-length compression, a number of bits that does not exist.
 */
export function decodeBmp(bytes: Uint8Array): Raster {
  const layout = readLayout(bytes)
  const { width, height, bits, compression, pixelOffset } = layout
  const masked = compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS
  if (compression !== UNCOMPRESSED && !(masked && (bits === 16 || bits === 32))) {
    throw unreadable('BMP with compressed px is not read')
  }
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw unreadable(`BMP with ${bits} bits a px does not exist`)
  const stride = Math.ceil((width * bits) / 32) * 4
  const rowBytes = Math.ceil((width * bits) / 8)
  if (pixelOffset + stride * (height - 1) + rowBytes > bytes.length) {
    throw unreadable(`BMP ends early, after ${formatCount(bytes.length)} bytes`)
  }
  const readRow = bits <= 8 ? paletteRow(bytes, layout) : bits === 24 ? bgrRow(bytes, width) : maskRow(bytes, layout)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const stored = layout.topDown ? y : height - 1 - y
    readRow(pixelOffset + stored * stride, data, y * width * 3)
  }
  return rasterOf(data, width, height, 3)
}

/** Reads one row that starts at `from` into RGB at `to`. */
type RowReader = (from: number, data: Uint8Array, to: number) => void

function paletteRow(bytes: Uint8Array, layout: BmpLayout): RowReader {
  const { width, bits } = layout
  const entryBytes = layout.headerBytes === CORE_HEADER_BYTES ? 3 : 4
  const paletteAt = FILE_HEADER_BYTES + layout.headerBytes
  const declared = layout.colours === 0 ? 1 << bits : Math.min(layout.colours, 1 << bits)
  const present = Math.floor((Math.min(bytes.length, layout.pixelOffset) - paletteAt) / entryBytes)
  const colours = Math.max(0, Math.min(declared, present))
  const perByte = 8 / bits
  const indexMask = (1 << bits) - 1
  return (from, data, to) => {
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits * ((x % perByte) + 1)
      const index = (bytes[from + Math.floor(x / perByte)] >> shift) & indexMask
      if (index >= colours) throw unreadable(`BMP is damaged: colour ${index} is not in its palette of ${colours}`)
      const entry = paletteAt + index * entryBytes
      data[to + x * 3] = bytes[entry + 2]
      data[to + x * 3 + 1] = bytes[entry + 1]
      data[to + x * 3 + 2] = bytes[entry]
    }
  }
}

function bgrRow(bytes: Uint8Array, width: number): RowReader {
  return (from, data, to) => {
    for (let end = to + width * 3; to < end; to += 3, from += 3) {
      data[to] = bytes[from + 2]
      data[to + 1] = bytes[from + 1]
      data[to + 2] = bytes[from]
    }
  }
}

function maskRow(bytes: Uint8Array, layout: BmpLayout): RowReader {
  const { width, bits } = layout
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const maskAt = FILE_HEADER_BYTES + INFO_HEADER_BYTES // behind a 40-byte header, or inside a longer one
  if (layout.compression !== UNCOMPRESSED && bytes.length < maskAt + 12) {
    throw unreadable('BMP is damaged: it has no bit masks')
  }
  const masks =
    layout.compression !== UNCOMPRESSED
      ? [view.getUint32(maskAt, true), view.getUint32(maskAt + 4, true), view.getUint32(maskAt + 8, true)]
      : bits === 16
        ? [0x7c00, 0x03e0, 0x001f]
        : [0xff0000, 0x00ff00, 0x0000ff]
  const shifts = masks.map((mask) => (mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)))
  const tops = masks.map((mask, c) => Math.max(1, mask >>> shifts[c]))
  return (from, data, to) => {
    for (let x = 0; x < width; x++) {
      const value = bits === 16 ? view.getUint16(from + x * 2, true) : view.getUint32(from + x * 4, true)
      for (let c = 0; c < 3; c++) {
        const sample = (value & masks[c]) >>> shifts[c]
        data[to + x * 3 + c] = tops[c] === 255 ? sample : Math.round((sample * 255) / tops[c])
      }
    }
  }
}
