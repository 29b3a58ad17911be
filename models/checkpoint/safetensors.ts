import { ByteReader, unreadable } from './byte-reader.ts'
import { bfloat16, STORAGE_TYPES } from './storage.ts'
import { elementCount, type WeightTensor, type Weights } from './tensors.ts'

const LENGTH_BYTES = 8
const MOST_HEADER_BYTES = 100e6 // as the format's own reader allows
const OPENING_BRACE = 0x7b

const TYPES = new Map([
  ['F32', STORAGE_TYPES.get('torch.FloatStorage')!],
  ['F16', STORAGE_TYPES.get('torch.HalfStorage')!],
  ['BF16', { bytes: 2, widen: bfloat16 }],
  ['F64', STORAGE_TYPES.get('torch.DoubleStorage')!],
  ['I64', STORAGE_TYPES.get('torch.LongStorage')!],
])

/** Whether a file begins as safetensors do: a length of 64 bits, then JSON. */
export const isSafetensors = (bytes: Uint8Array): boolean => bytes[LENGTH_BYTES] === OPENING_BRACE && bytes[6] === 0

/**
 * The tensors of a .safetensors checkpoint: the length of the header, a JSON header with type, shape and place of each, then
 * their bytes without gaps. A header that is cut short, overlaps or does not fit the shapes is Failure E304.
 */
export function readSafetensors(bytes: Uint8Array): Weights {
  const reader = new ByteReader(bytes)
  const length = reader.uint64()
  if (length > MOST_HEADER_BYTES) throw reader.fail(`a header of ${length} bytes`)
  const header = parseHeader(reader.text(length), reader)
  const base = reader.position
  const data = bytes.subarray(base)
  const weights = new Map<string, WeightTensor>()
  let end = 0
  for (const [name, entry] of Object.entries(header).sort(([, a], [, b]) => startOf(a) - startOf(b))) {
    if (name === '__metadata__') continue
    if (!isEntry(entry)) throw unreadable(`no type, shape and place of ${JSON.stringify(name)}`, LENGTH_BYTES)
    const { dtype, shape, data_offsets: offsets } = entry
    const type = TYPES.get(dtype)
    if (type === undefined) throw unreadable(`${name} is of type ${dtype}, which no weights have`, base + offsets[0])
    if (offsets[0] !== end || offsets[1] - offsets[0] !== elementCount(shape) * type.bytes || offsets[1] > data.length)
      throw unreadable(`${name} lies where its shape ${shape.join('x')} does not fit`, base + offsets[0])
    end = offsets[1]
    weights.set(name, { shape, data: type.widen(data.subarray(...offsets)) })
  }
  if (end !== data.length) throw unreadable(`${data.length - end} bytes behind the last tensor`, base + end)
  return weights
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

function parseHeader(text: string, reader: ByteReader): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    throw reader.fail('the header is no JSON')
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount)

function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Record<keyof Entry, unknown>>
  return typeof dtype === 'string' && isCounts(shape) && isCounts(offsets) && offsets.length === 2
}

/** Only for the order: what is no entry is told later. */
const startOf = (value: unknown): number => (isEntry(value) ? value.data_offsets[0] : -1)
