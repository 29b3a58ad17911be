import { unreadable } from './byte-reader.ts'

/**
 * A table of a flatbuffer, read in place (flatbuffers.dev/internals): a signed offset back to a vtable of 16-bit field
 * offsets; vectors and tables behind unsigned offsets forward. Every access is bounds-checked; outside is E304.
 */
export class FlatTable {
  readonly #view: DataView
  readonly #at: number

  private constructor(view: DataView, at: number) {
    this.#view = view
    this.#at = at
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return new FlatTable(view, guarded(view, 0, 4).getUint32(0, true))
  }

  /** Where a field's value lies, or undefined where the field has its default. */
  #field(index: number): number | undefined {
    const vtable = this.#at - guarded(this.#view, this.#at, 4).getInt32(this.#at, true)
    const size = guarded(this.#view, vtable, 2).getUint16(vtable, true)
    const slot = 4 + 2 * index
    if (slot + 2 > size) return undefined
    const offset = guarded(this.#view, vtable + slot, 2).getUint16(vtable + slot, true)
    return offset === 0 ? undefined : this.#at + offset
  }

  int8(index: number, fallback = 0): number {
    const at = this.#field(index)
    return at === undefined ? fallback : guarded(this.#view, at, 1).getInt8(at)
  }
  int32(index: number, fallback = 0): number {
    const at = this.#field(index)
    return at === undefined ? fallback : guarded(this.#view, at, 4).getInt32(at, true)
  }
  uint32(index: number, fallback = 0): number {
    return this.int32(index, fallback) >>> 0
  }

  table(index: number): FlatTable | undefined {
    const at = this.#field(index)
    return at === undefined ? undefined : new FlatTable(this.#view, this.#follow(at))
  }

  text(index: number): string {
    return new TextDecoder().decode(this.bytes(index))
  }

  bytes(index: number): Uint8Array {
    const { start, count } = this.#vector(index, 1)
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, count)
  }

  int32s(index: number): number[] {
    const { start, count } = this.#vector(index, 4)
    return Array.from({ length: count }, (_, i) => this.#view.getInt32(start + 4 * i, true))
  }

  tables(index: number): FlatTable[] {
    const { start, count } = this.#vector(index, 4)
    return Array.from({ length: count }, (_, i) => new FlatTable(this.#view, this.#follow(start + 4 * i)))
  }

  #follow(at: number): number {
    return at + guarded(this.#view, at, 4).getUint32(at, true)
  }

  #vector(index: number, elementBytes: number): { start: number; count: number } {
    const field = this.#field(index)
    if (field === undefined) return { start: 0, count: 0 }
    const at = this.#follow(field)
    const count = guarded(this.#view, at, 4).getUint32(at, true)
    guarded(this.#view, at + 4, count * elementBytes)
    return { start: at + 4, count }
  }
}

function guarded(view: DataView, at: number, size: number): DataView {
  if (at < 0 || at + size > view.byteLength) throw unreadable('flatbuffer cut short or damaged', at)
  return view
}
