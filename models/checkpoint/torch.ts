import { ByteReader, unreadable } from './byte-reader.ts'
import { type PickleDict, PickleGlobal, type PickleHooks, type PickleValue, readPickle } from './pickle.ts'
import { readView, type Storage, STORAGE_TYPES, type TensorView } from './storage.ts'
import type { Weights, WeightTensor } from './tensors.ts'
import { readStoredZip, type ZipEntry } from './zip.ts'

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn // torch/serialization.py, MAGIC_NUMBER
const LEGACY_VERSION = 1001
const ZIP_START = [0x50, 0x4b] // "PK"
const MOST_AXES = 8

/**
 * The tensors of a torch checkpoint, zip archive (torch 1.6 and later) or legacy pickle, as a state_dict or with one under
 * `state_dict` or `model`. Views of `bytes` where the layout allows. Runs no code of the file; whatever is not a plain
 * dictionary of tensors, is cut short, or fails its checksum throws Failure E304.
 */
export function readTorch(bytes: Uint8Array): Weights {
  return ZIP_START.every((byte, i) => bytes[i] === byte) ? readZipFormat(bytes) : readLegacyFormat(bytes)
}

function readZipFormat(bytes: Uint8Array): Weights {
  const entries = readStoredZip(bytes)
  const pickleName = [...entries.keys()].find((name) => name.endsWith('/data.pkl'))
  if (pickleName === undefined) throw unreadable('a zip archive without data.pkl, no weights of torch', 0)
  const folder = pickleName.slice(0, -'data.pkl'.length)
  const byteOrder = entries.get(`${folder}byteorder`)
  if (byteOrder !== undefined && new TextDecoder().decode(byteOrder.bytes) !== 'little')
    throw unreadable('not in little-endian byte order', byteOrder.start)

  const entry = entries.get(pickleName) as ZipEntry
  const reader = new ByteReader(entry.bytes, entry.start)
  const top = readPickle(reader, hooks(reader))
  return collect(top, reader, bytes.length, (storage) => {
    const data = entries.get(`${folder}data/${storage.key}`)
    if (data === undefined || data.bytes.length !== storage.count * storage.type.bytes)
      throw unreadable(`storage ${storage.key} is missing or has another size`, data?.start ?? entry.start)
    return storage.type.widen(data.bytes)
  })
}

function readLegacyFormat(bytes: Uint8Array): Weights {
  const reader = new ByteReader(bytes)
  const plain = hooks(reader)
  if (readPickle(reader, plain) !== LEGACY_MAGIC) throw unreadable('no weights of torch (magic number missing)', 0)
  if (readPickle(reader, plain) !== LEGACY_VERSION) throw reader.fail('another version of the legacy format than 1001')
  const system = readPickle(reader, plain)
  if (!(system instanceof Map) || system.get('little_endian') !== true)
    throw reader.fail('not in little-endian byte order')

  const storages = new Map<string, Storage>()
  const top = readPickle(reader, hooks(reader, storages))
  const keys = readPickle(reader, plain)
  if (!Array.isArray(keys)) throw reader.fail('the list of storages is missing')
  const raw = new Map<string, Float32Array>()
  for (const key of keys as PickleValue[]) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    if (storage === undefined) throw reader.fail('a storage that no tensor uses')
    if (reader.uint64() !== storage.count) throw reader.fail(`storage ${storage.key} has another size than its tensor`)
    raw.set(storage.key, storage.type.widen(reader.slice(storage.count * storage.type.bytes)))
  }
  return collect(top, reader, bytes.length, (storage) => {
    const data = raw.get(storage.key)
    if (data?.length !== storage.count) throw reader.fail(`storage ${storage.key} is missing or has another size`)
    return data
  })
}

/** What the calls and persistent ids of a state_dict mean. Storages are also noted in `seen` by key. */
function hooks(reader: ByteReader, seen = new Map<string, Storage>()): PickleHooks {
  return {
    call(callee, args) {
      switch (callee) {
        case 'collections.OrderedDict':
          return new Map()
        case 'torch._utils._rebuild_tensor_v2':
          return rebuildTensor(args, reader)
        case 'torch._utils._rebuild_parameter':
          return args[0]
        default:
          return undefined
      }
    },
    persistent(id) {
      const storage = asStorage(id)
      if (storage !== undefined) seen.set(storage.key, storage)
      return storage === undefined ? undefined : new Ref('storage', storage)
    },
  }
}

/** Marks what the hooks made, so that nothing else of the pickle can pass for it. */
class Ref<T> {
  readonly kind: 'storage' | 'tensor'
  readonly value: T
  constructor(kind: 'storage' | 'tensor', value: T) {
    this.kind = kind
    this.value = value
  }
}

/** `('storage', class, key, device, count)`, legacy files with a sixth value that is None for plain storages. */
function asStorage(id: PickleValue): Storage | undefined {
  if (!Array.isArray(id)) return undefined
  const [word, type, key, , count, view] = id as PickleValue[]
  if (word !== 'storage' || !(type instanceof PickleGlobal) || typeof key !== 'string' || !isCount(count))
    return undefined
  if ((view ?? null) !== null) return undefined
  const storageType = STORAGE_TYPES.get(type.name)
  return storageType === undefined ? undefined : { type: storageType, key, count }
}

function rebuildTensor(args: readonly PickleValue[], reader: ByteReader): Ref<TensorView> {
  const [storage, offset, shape, strides] = args
  if (
    !(storage instanceof Ref) ||
    storage.kind !== 'storage' ||
    !isCount(offset) ||
    !isCounts(shape) ||
    !isCounts(strides)
  )
    throw reader.fail('a tensor that is not rebuilt from a storage')
  if (shape.length !== strides.length || shape.length > MOST_AXES) throw reader.fail('a tensor of impossible shape')
  return new Ref('tensor', { storage: storage.value as Storage, offset, shape, strides })
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount)

function collect(
  top: PickleValue,
  reader: ByteReader,
  fileBytes: number,
  load: (storage: Storage) => Float32Array,
): Weights {
  const loaded = new Map<string, Float32Array>()
  const weights = new Map<string, WeightTensor>()
  // A tensor may share its storage, but a file that unfolds to several times its size is no checkpoint.
  let elementsLeft = 2 * fileBytes
  for (const [name, value] of stateDict(top, reader)) {
    if (typeof name !== 'string' || !(value instanceof Ref) || value.kind !== 'tensor') continue
    const view = value.value as TensorView
    const storage = loaded.get(view.storage.key) ?? load(view.storage)
    loaded.set(view.storage.key, storage)
    const tensor = readView(view, storage, reader)
    elementsLeft -= tensor.data.length
    if (elementsLeft < 0) throw reader.fail('tensors are several times the size of the file')
    weights.set(name, tensor)
  }
  if (weights.size === 0) throw reader.fail('no tensors in it')
  return weights
}

function stateDict(top: PickleValue, reader: ByteReader): PickleDict {
  if (!(top instanceof Map)) throw reader.fail('no dictionary of tensors')
  for (const key of ['state_dict', 'model']) {
    const inner = top.get(key)
    if (inner instanceof Map) return inner
  }
  return top
}
