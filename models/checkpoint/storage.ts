import { float16ToFloat32 } from '../../base/float16.ts'
import type { ByteReader } from './byte-reader.ts'
import { elementCount, type WeightTensor } from './tensors.ts'

/** A flat array of one element type that tensors are views of. */
export interface Storage {
  readonly type: StorageType
  readonly key: string
  readonly count: number
}

/** A view of a storage, in elements; torch's `_rebuild_tensor_v2`. */
export interface TensorView {
  readonly storage: Storage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

interface StorageType {
  readonly bytes: number
  /** Elements of a storage's raw little-endian bytes as float32. */
  readonly widen: (raw: Uint8Array) => Float32Array
}

const HALF_VIEW = new DataView(new ArrayBuffer(4))

const perElement =
  (bytes: number, read: (view: DataView, at: number) => number) =>
  (raw: Uint8Array): Float32Array => {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
    return Float32Array.from({ length: raw.length / bytes }, (_, i) => read(view, i * bytes))
  }

/** Bytes on which a typed array of `size`-byte elements may lie: the file's own where they start aligned, else a copy. */
const aligned = (raw: Uint8Array, size: number): Uint8Array => (raw.byteOffset % size === 0 ? raw : new Uint8Array(raw))

const float32 = (raw: Uint8Array): Float32Array => {
  const { buffer, byteOffset, length } = aligned(raw, 4)
  return new Float32Array(buffer, byteOffset, length / 4)
}
const float16 = (raw: Uint8Array): Float32Array => {
  const { buffer, byteOffset, length } = aligned(raw, 2)
  return float16ToFloat32(new Uint16Array(buffer, byteOffset, length / 2))
}

/** The upper half of float32. */
export const bfloat16 = perElement(2, (view, at) => {
  HALF_VIEW.setUint32(0, view.getUint16(at, true) * 65536)
  return HALF_VIEW.getFloat32(0)
})

export const STORAGE_TYPES: ReadonlyMap<string, StorageType> = new Map<string, StorageType>([
  ['torch.FloatStorage', { bytes: 4, widen: float32 }],
  ['torch.HalfStorage', { bytes: 2, widen: float16 }],
  ['torch.DoubleStorage', { bytes: 8, widen: perElement(8, (view, at) => view.getFloat64(at, true)) }],
  ['torch.LongStorage', { bytes: 8, widen: perElement(8, (view, at) => Number(view.getBigInt64(at, true))) }],
])

/**
 * The view's elements in row-major order. **Strides always count**: converted checkpoints keep the element order of where
 * they came from. A view that reaches out of its storage, or has more elements than it, is E304.
 */
export function readView(view: TensorView, storage: Float32Array, reader: ByteReader): WeightTensor {
  const { shape, strides, offset } = view
  const count = elementCount(shape)
  const last = shape.reduce((at, size, axis) => at + (size - 1) * strides[axis], offset)
  if (count > storage.length || (count > 0 && last >= storage.length))
    throw reader.fail(`a tensor of shape ${shape.join('x')} reaches out of its storage of ${storage.length}`)

  if (isRowMajor(shape, strides)) return { shape, data: storage.subarray(offset, offset + count) }
  const data = new Float32Array(count)
  const index = new Array<number>(shape.length).fill(0)
  let from = offset
  for (let to = 0; to < count; to++) {
    data[to] = storage[from]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]
      if (++index[axis] < shape[axis]) break
      from -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return { shape, data }
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]
  }
  return true
}
