import { constants, statSync, writeFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { type Digest, digestBytes, digestFile } from '../base/digest.ts'
import { storageFailure } from '../base/storage-failure.ts'
import { Blobs } from './blobs.ts'
import type { IndexDb } from './index-db.ts'
import { Quarantine } from './quarantine.ts'
import type { StoredObject } from './records.ts'
import { asWriteFailure, requireRoom } from './room.ts'
import { Segments } from './segments.ts'

/** Outputs up to this size live in the index itself. */
export const SMALL_BYTES = 16_000

/** Stored bytes no longer are what their digest says, or are gone. The entry must be forgotten and computed again. */
export class DamagedEntry extends Error {
  readonly digest: Digest
  readonly found: string
  constructor(digest: Digest, found: string) {
    super(`cache entry ${digest} is damaged: found ${found}`)
    this.name = 'DamagedEntry'
    this.digest = digest
    this.found = found
  }
}

/** Content-addressed storage: tensors in LMDB segments, other outputs as files, small ones in the index. */
export class Objects {
  readonly #folder: string
  readonly #index: IndexDb
  readonly segments: Segments
  readonly blobs: Blobs
  readonly #quarantine: Quarantine
  readonly #verified = new Set<Digest>()
  /** Small outputs that are not in the index yet. */
  readonly #unwritten = new Map<Digest, Uint8Array>()

  constructor(folder: string, index: IndexDb) {
    this.#folder = folder
    this.#index = index
    this.segments = new Segments(folder)
    this.blobs = new Blobs(folder)
    this.#quarantine = new Quarantine(folder)
  }

  has(digest: Digest): boolean {
    return (
      this.#unwritten.has(digest) ||
      this.#index.small.doesExist(digest) ||
      this.segments.has(digest) ||
      this.blobs.has(digest)
    )
  }

  /** The bytes, verified against their digest once per process. Throws `DamagedEntry`. */
  read(digest: Digest): Uint8Array {
    const bytes =
      this.#unwritten.get(digest) ??
      this.#index.small.getBinary(digest) ??
      this.segments.get(digest) ??
      this.blobs.get(digest)
    if (bytes === undefined) throw new DamagedEntry(digest, 'nothing')
    if (!this.#verified.has(digest)) {
      const found = digestBytes(bytes)
      if (found !== digest) throw new DamagedEntry(digest, found)
      this.#verified.add(digest)
    }
    return bytes
  }

  /** Keeps a per-item value. */
  putTensor(bytes: Uint8Array): Promise<StoredObject> {
    return this.#put(bytes, (digest) => this.segments.put(digest, bytes))
  }

  /** Keeps a whole artifact or a part of one. */
  putBlob(bytes: Uint8Array): Promise<StoredObject> {
    return this.#put(bytes, (digest) => this.blobs.put(digest, bytes))
  }

  /** Keeps a file on the cache's own file system, which is moved away. */
  async putFile(path: string): Promise<StoredObject> {
    const digest = await digestFile(path)
    const bytes = statSync(path).size
    try {
      this.blobs.adopt(digest, path)
    } catch (error) {
      throw asWriteFailure(error, this.#folder)
    }
    return { digest, bytes }
  }

  /** Writes stored bytes to a file of their own, shared with the store only where the file system copies on write. Throws `DamagedEntry`. */
  async copyTo(digest: Digest, path: string): Promise<void> {
    if (this.#index.small.doesExist(digest) || !this.blobs.has(digest)) {
      writeFileSync(path, this.read(digest))
      return
    }
    await copyFile(this.blobs.path(digest), path, constants.COPYFILE_FICLONE)
    if (this.#verified.has(digest)) return
    const found = await digestFile(path)
    if (found !== digest) throw new DamagedEntry(digest, found)
    this.#verified.add(digest)
  }

  /** Takes a small output, which this process can read at once; `writeSmall` puts it into the index. For the runner, which alone writes it. */
  takeSmall(bytes: Uint8Array): StoredObject {
    const digest = digestBytes(bytes)
    this.#unwritten.set(digest, bytes)
    this.#verified.add(digest)
    return { digest, bytes: bytes.byteLength }
  }

  /** Writes a small output that was taken, inside a commit; it is kept here until that has succeeded. */
  writeSmall(digest: Digest): void {
    const bytes = this.#unwritten.get(digest)
    if (bytes !== undefined) void this.#index.small.put(digest, bytes)
  }

  /** Lets go of a small output once its commit has succeeded. */
  forgetWritten(digest: Digest): void {
    this.#unwritten.delete(digest)
  }

  async #put(bytes: Uint8Array, store: (digest: Digest) => unknown): Promise<StoredObject> {
    const digest = digestBytes(bytes)
    requireRoom(this.#folder, bytes.byteLength)
    try {
      await store(digest)
    } catch (error) {
      throw asWriteFailure(error, this.#folder)
    }
    this.#verified.add(digest)
    return { digest, bytes: bytes.byteLength }
  }

  /** Whether what is stored is what its digest says; unlike `read`, looks at the disk each time. */
  state(digest: Digest): 'good' | 'damaged' | 'gone' {
    const copies = this.#copies(digest)
    if (copies.length === 0) return 'gone'
    return copies.every((bytes) => digestBytes(bytes) === digest) ? 'good' : 'damaged'
  }

  /** Takes damaged bytes out of every store and keeps them aside, so that computing them again writes them anew. Good ones stay. */
  async quarantine(digest: Digest): Promise<void> {
    const damaged = this.#copies(digest).filter((bytes) => digestBytes(bytes) !== digest)
    if (damaged.length === 0) return
    for (const bytes of damaged) this.#quarantine.keep(digest, Uint8Array.from(bytes))
    await this.removeFromIndex([digest])
    await this.remove([digest])
  }

  /** Takes bytes out of segments and blobs. */
  async remove(digests: readonly Digest[]): Promise<void> {
    for (const digest of digests) this.#verified.delete(digest)
    await this.segments.remove(digests)
    for (const digest of digests) this.blobs.remove(digest)
  }

  /** Takes small outputs out of the index. */
  async removeFromIndex(digests: readonly Digest[]): Promise<void> {
    await this.#index.root.transaction(() => {
      for (const digest of digests) void this.#index.small.remove(digest)
    })
  }

  /** Every stored copy. */
  #copies(digest: Digest): Uint8Array[] {
    const copies = [this.#index.small.getBinary(digest), this.segments.get(digest), this.blobs.get(digest)]
    return copies.filter((bytes) => bytes !== undefined)
  }

  async close(): Promise<void> {
    await this.segments.close()
  }
}

/** A full disk in the words of E501; anything else as it is. */
export const asStorageFailure = (error: unknown): unknown => storageFailure(error) ?? error
