import { crc32 } from 'node:zlib'
import type { RootDatabase } from 'lmdb'

const CHECK_BYTES = 4
const OPENING_BRACE = 0x7b

interface Msgpack {
  encode(value: unknown): Buffer
  decode(bytes: Buffer): unknown
}

/**
 * Records with their CRC-32 behind: LMDB trusts its file, so a bit that flipped on the disk would come back as another
 * digest or another size. A record that is not what was written is undefined, as one that is not there.
 */
export class RecordCodec {
  readonly #msgpack: Msgpack
  readonly #isJson: boolean

  /**
   * `database`, opened with `encoding: 'msgpack'`, lends its packer. `json` is for tables of plain objects, which are read
   * ten times as fast that way; records in msgpack are read there too.
   */
  constructor(database: RootDatabase, form: 'msgpack' | 'json' = 'msgpack') {
    this.#msgpack = (database as unknown as { encoder: Msgpack }).encoder // not among lmdb's types
    this.#isJson = form === 'json'
  }

  readonly encode = (value: unknown): Buffer => {
    const packed = this.#isJson ? Buffer.from(JSON.stringify(value)) : this.#msgpack.encode(value)
    const check = Buffer.allocUnsafe(CHECK_BYTES)
    check.writeUInt32LE(crc32(packed))
    return Buffer.concat([packed, check])
  }

  /** `bytes` may be a buffer that lmdb uses again, with its length set to that of the value. */
  readonly decode = (bytes: Uint8Array): unknown => {
    const end = bytes.length - CHECK_BYTES
    if (end < 0) return undefined
    const packed = Buffer.from(bytes.buffer, bytes.byteOffset, end)
    const check = new DataView(bytes.buffer, bytes.byteOffset + end, CHECK_BYTES).getUint32(0, true)
    if (crc32(packed) !== check) return undefined
    try {
      return this.#isJson && packed[0] === OPENING_BRACE ? JSON.parse(packed.toString()) : this.#msgpack.decode(packed)
    } catch {
      return undefined // of a version that wrote other records
    }
  }
}
