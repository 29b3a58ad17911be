import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type Digest, digestValue } from '../base/digest.ts'
import type { IndexDb } from './index-db.ts'
import type { FolderRecord, StatRecord } from './records.ts'

/** Bytes of a digest. */
const WIDTH = 32

/**
 * Contents of files as last read, one record a folder: ten thousand records of single files take longer to read and to
 * write than to use. Folders are read from the index once; later writes of other processes are not seen.
 */
export class FileStats {
  readonly #index: IndexDb
  readonly #folders = new Map<string, Folder>()

  constructor(index: IndexDb) {
    this.#index = index
  }

  get(path: string): StatRecord | undefined {
    const name = dirname(path)
    let folder = this.#folders.get(name)
    if (folder === undefined) this.#folders.set(name, (folder = new Folder(this.#index.stats.get(nameOf(name)))))
    return folder.get(basename(path))
  }

  /** To be called inside a write to the index. Files that are gone by now are forgotten. */
  put(read: readonly (readonly [path: string, record: StatRecord])[]): void {
    const byFolder = new Map<string, Map<string, StatRecord>>()
    for (const [path, record] of read) {
      const folder = dirname(path)
      let records = byFolder.get(folder)
      if (records === undefined) byFolder.set(folder, (records = new Map<string, StatRecord>()))
      records.set(basename(path), record)
    }
    for (const [folder, records] of byFolder) {
      const before = new Folder(this.#index.stats.get(nameOf(folder)))
      void this.#index.stats.put(nameOf(folder), packed(before.merged(records, filesIn(folder))))
    }
  }
}

/** A folder's record, unpacked where it is looked at. */
class Folder {
  readonly #rows = new Map<string, number>()
  readonly #digests: string
  readonly #times: BigInt64Array
  readonly #numbers: Float64Array

  constructor(record: FolderRecord | undefined) {
    const names = record === undefined ? [] : record.names.split('/')
    for (const [row, name] of names.entries()) this.#rows.set(name, row)
    this.#digests = Buffer.from(record?.digests ?? []).toString('hex')
    this.#times = new BigInt64Array(copyOf(record?.times))
    this.#numbers = new Float64Array(copyOf(record?.numbers))
  }

  get(name: string): StatRecord | undefined {
    const row = this.#rows.get(name)
    if (row === undefined) return undefined
    return {
      digest: this.#digests.slice(row * WIDTH * 2, (row + 1) * WIDTH * 2) as Digest,
      mtimeNs: this.#times[row * 3],
      ctimeNs: this.#times[row * 3 + 1],
      inode: this.#times[row * 3 + 2],
      size: this.#numbers[row * 2],
      readAtMs: this.#numbers[row * 2 + 1],
    }
  }

  /** With newer records, without those of files that are not `there`. */
  merged(newer: ReadonlyMap<string, StatRecord>, there: ReadonlySet<string>): Map<string, StatRecord> {
    const all = new Map<string, StatRecord>()
    for (const name of this.#rows.keys()) if (there.has(name)) all.set(name, this.get(name)!)
    for (const [name, record] of newer) all.set(name, record)
    return all
  }
}

function packed(records: ReadonlyMap<string, StatRecord>): FolderRecord {
  const rows = [...records.values()]
  return {
    names: [...records.keys()].join('/'),
    digests: Buffer.from(rows.map(({ digest }) => digest).join(''), 'hex'),
    times: bytesOf(BigInt64Array.from(rows.flatMap(({ mtimeNs, ctimeNs, inode }) => [mtimeNs, ctimeNs, inode]))),
    numbers: bytesOf(Float64Array.from(rows.flatMap(({ size, readAtMs }) => [size, readAtMs]))),
  }
}

const bytesOf = ({ buffer }: BigInt64Array | Float64Array): Uint8Array => new Uint8Array(buffer)

/** Bytes of a record at the start of a buffer of their own, as views of wider elements need them. */
const copyOf = (bytes: Uint8Array | undefined): ArrayBuffer => new Uint8Array(bytes ?? []).buffer

function filesIn(folder: string): Set<string> {
  try {
    return new Set(readdirSync(folder))
  } catch {
    return new Set() // gone as a whole
  }
}

/** LMDB takes keys of up to 1,978 bytes, and a path may have 4,096. */
const nameOf = (folder: string): string => (folder.length * 3 < 1978 ? folder : digestValue('path', folder))
