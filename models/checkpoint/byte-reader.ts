import { Failure } from '../../base/diagnostic.ts'
import { formatCount } from '../../base/format.ts'

/** E304 with the byte at which it was noticed. */
export const unreadable = (what: string, atByte: number): Failure =>
  new Failure('E304', `checkpoint unreadable: ${what}, at byte ${formatCount(atByte)}`, {
    help: ['get the file again; a download cut short or changed on the way looks like this'],
  })

/** A little-endian cursor over bytes; every read past the end is E304. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly #view: DataView
  /** Where this slice starts in the file, so that errors name bytes of the file. */
  readonly #base: number
  position = 0

  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#base = base
  }

  fail(what: string): Failure {
    return unreadable(what, this.#base + this.position)
  }

  #advance(size: number): number {
    const start = this.position
    if (size < 0 || start + size > this.bytes.length)
      throw this.fail(`cut short, ${formatCount(size)} bytes wanted, ${formatCount(this.bytes.length - start)} left`)
    this.position = start + size
    return start
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }
  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }
  int32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }
  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }
  /** A 64-bit count or offset; one past 2^53 is E304, no file is that long. */
  uint64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.fail(`impossible size ${value.toString()}`)
    return Number(value)
  }
  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false)
  }
  slice(size: number): Uint8Array {
    const start = this.#advance(size)
    return this.bytes.subarray(start, start + size)
  }
  text(size: number): string {
    return new TextDecoder().decode(this.slice(size))
  }
  /** Up to the next newline, which is consumed; a line of more than 256 bytes is E304. */
  line(): string {
    const length = this.bytes.subarray(this.position, this.position + 256).indexOf(10)
    if (length < 0) throw this.fail('no end of line')
    const text = this.text(length)
    this.position++
    return text
  }
}
