import { crc32 } from 'node:zlib'
import { ByteReader, unreadable } from './byte-reader.ts'

/** A file inside an archive; `start` is where its bytes lie in the archive. */
export interface ZipEntry {
  readonly bytes: Uint8Array
  readonly start: number
}

const END = 0x06054b50 // end of central directory
const END_64_LOCATOR = 0x07064b50
const END_64 = 0x06064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const WIDE = 0xffffffff // "see the zip64 field"

/**
 * The stored entries of a zip archive (APPNOTE 6.3.3, with zip64) as views of `bytes`, checksums verified.
 * torch never compresses; a compressed entry is E304, as is anything cut short or inconsistent.
 */
export function readStoredZip(bytes: Uint8Array): Map<string, ZipEntry> {
  const { count, offset } = readEnd(bytes)
  const reader = new ByteReader(bytes)
  reader.position = offset
  const entries = new Map<string, ZipEntry>()
  let total = 0
  for (let i = 0; i < count; i++) {
    const entry = readCentralHeader(reader)
    total += entry.size
    if (total > bytes.length) throw reader.fail('entries are longer than the archive')
    entries.set(entry.name, readEntry(bytes, entry))
  }
  return entries
}

function readEnd(bytes: Uint8Array): { count: number; offset: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = bytes.length - 22
  const lowest = Math.max(0, at - 65535)
  while (at >= lowest && view.getUint32(at, true) !== END) at--
  if (at < lowest) throw unreadable('cut short, the archive has no end record', bytes.length)

  if (at >= 20 && view.getUint32(at - 20, true) === END_64_LOCATOR) {
    const reader = new ByteReader(bytes)
    reader.position = at - 12
    reader.position = reader.uint64()
    if (reader.uint32() !== END_64) throw reader.fail('zip64 end record missing')
    reader.slice(28)
    const count = reader.uint64()
    reader.uint64()
    return { count, offset: reader.uint64() }
  }
  return { count: view.getUint16(at + 8, true), offset: view.getUint32(at + 16, true) }
}

interface CentralHeader {
  readonly name: string
  readonly crc: number
  readonly size: number
  readonly offset: number
}

function readCentralHeader(reader: ByteReader): CentralHeader {
  if (reader.uint32() !== CENTRAL) throw reader.fail('archive directory damaged')
  reader.slice(6)
  const method = reader.uint16()
  reader.slice(4)
  const crc = reader.uint32()
  reader.slice(4)
  let size = reader.uint32()
  const nameLength = reader.uint16()
  const extraLength = reader.uint16()
  const commentLength = reader.uint16()
  reader.slice(8)
  let offset = reader.uint32()
  const name = reader.text(nameLength)
  const extra = new ByteReader(reader.slice(extraLength), reader.position - extraLength)
  reader.slice(commentLength)
  if (method !== 0) throw reader.fail(`${JSON.stringify(name)} is compressed, torch stores plainly`)

  while (extra.position + 4 <= extraLength) {
    const id = extra.uint16()
    const length = extra.uint16()
    const next = extra.position + length
    if (id === 1) {
      if (size === WIDE) size = extra.uint64()
      // The compressed size, wide as well where the size is: stored, so equal and skipped.
      if (next - extra.position >= 16) extra.uint64()
      if (offset === WIDE) offset = extra.uint64()
    }
    extra.position = next
  }
  return { name, crc, size, offset }
}

function readEntry(bytes: Uint8Array, { name, crc, size, offset }: CentralHeader): ZipEntry {
  const reader = new ByteReader(bytes)
  reader.position = offset
  if (reader.uint32() !== LOCAL) throw reader.fail(`archive damaged before ${JSON.stringify(name)}`)
  reader.slice(22)
  const nameLength = reader.uint16()
  reader.slice(reader.uint16() + nameLength)
  const start = reader.position
  const content = reader.slice(size)
  if (crc32(content) !== crc) throw unreadable(`checksum of ${JSON.stringify(name)} is wrong`, start)
  return { bytes: content, start }
}
