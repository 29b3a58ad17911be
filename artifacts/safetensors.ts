import { canonicalJson } from '../base/canonical.ts'
import { Failure } from '../base/diagnostic.ts'

/** Element types of the format that we store. F16 travels as raw bits in a Uint16Array. */
export type Dtype = 'F16' | 'F32' | 'F64' | 'I32' | 'U8'
export type TensorData = Uint16Array | Float32Array | Float64Array | Int32Array | Uint8Array

export interface Tensor {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly data: TensorData
}

export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, Tensor>
}

const ELEMENT = {
  F16: Uint16Array,
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const

/** Data starts and every tensor starts at a multiple of this, so that views need no copy. */
const ALIGNMENT = 8

/**
 * Named tensors and text metadata in the safetensors format: length of the header (u64, little endian), header as JSON,
 * data. The same content gives the same bytes: names are sorted, the header is canonical and padded with spaces.
 */
export function writeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const entries = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { dtype, shape, data }] of entries) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] }
    offset = aligned(offset + data.byteLength)
  }
  const text = canonicalJson(header)
  const textBytes = new TextEncoder().encode(text)
  const dataStart = aligned(8 + textBytes.byteLength)
  const bytes = new Uint8Array(dataStart + offset)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - 8), true)
  bytes.fill(0x20, 8, dataStart).set(textBytes, 8)
  let position = dataStart
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position)
    position = aligned(position + data.byteLength)
  }
  return bytes
}

/** Reads what `writeTensors` wrote; throws E604 where bytes are no such file. */
export function readTensors(bytes: Uint8Array): TensorFile {
  const buffer = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice()
  try {
    const length = Number(new DataView(buffer.buffer, buffer.byteOffset).getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(buffer.subarray(8, 8 + length))) as Record<string, HeaderEntry>
    const { __metadata__: metadata, ...entries } = header
    const tensors = Object.entries(entries).map(([name, entry]) => [name, viewOf(buffer, 8 + length, entry)] as const)
    return { metadata: metadata as unknown as Record<string, string>, tensors: new Map(tensors) }
  } catch (error) {
    throw new Failure('E604', `no tensor file: ${error instanceof Error ? error.message : String(error)}`)
  }
}

interface HeaderEntry {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

function viewOf(bytes: Uint8Array, dataStart: number, { dtype, shape, data_offsets: [from, to] }: HeaderEntry): Tensor {
  const Element = ELEMENT[dtype]
  const count = shape.reduce((product, size) => product * size, 1)
  if (count * Element.BYTES_PER_ELEMENT !== to - from)
    throw new Error(`${dtype} of shape [${shape.join(', ')}] in ${to - from} bytes`)
  return { dtype, shape, data: new Element(bytes.buffer as ArrayBuffer, bytes.byteOffset + dataStart + from, count) }
}

const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT

/** A tensor by name and type; throws E604 where it is missing or of another type, which an intact file of ours never is. */
export function tensorOf<D extends Dtype>(
  file: TensorFile,
  name: string,
  dtype: D,
): Tensor & { readonly data: InstanceType<(typeof ELEMENT)[D]> } {
  const tensor = file.tensors.get(name)
  if (tensor?.dtype !== dtype)
    throw new Failure('E604', `expected tensor ${name} of ${dtype}, found ${tensor?.dtype ?? 'nothing'}`)
  return tensor as Tensor & { readonly data: InstanceType<(typeof ELEMENT)[D]> }
}
