import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import type { Digest } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import { setAsideUnsound } from './lmdb-file.ts'
import { closeForGood, openLmdb, settled } from './open-lmdb.ts'
import { makeFolder } from '../base/make-folder.ts'

/** An LMDB file never shrinks, so tensors are kept in files of at most this size that can be rewritten one by one. */
export const SEGMENT_BYTES = 8e9

/** Misses are common while planning, and so are writes of small values: the folder is not read at each of them. */
const LOOK_AGAIN_MS = 20

/** Tensors by digest in numbered LMDB files. Several processes may read and write at once. */
export class Segments {
  readonly #folder: string
  readonly #open = new Map<string, RootDatabase<Uint8Array, string>>()
  /** Newest first; read again before writing, and on a miss, since another process may have begun one. */
  #names: string[]
  #listedAt = 0

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'tensors')
    makeFolder(this.#folder)
    this.#names = this.#list()
  }

  has(digest: Digest): boolean {
    const holds = (): boolean => this.#newestFirst().some((segment) => segment.doesExist(digest))
    return holds() || (this.#lookAgain() && holds())
  }

  get(digest: Digest): Uint8Array | undefined {
    const find = (): Uint8Array | undefined => {
      for (const segment of this.#newestFirst()) {
        const bytes = segment.getBinary(digest)
        if (bytes !== undefined) return bytes
      }
      return undefined
    }
    return find() ?? (this.#lookAgain() ? find() : undefined)
  }

  /** Resolves when the bytes are committed: a process killed a moment later has lost nothing. */
  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (this.has(digest)) return
    faultPoint('segment-put')
    await this.#writable().put(digest, bytes)
    faultPoint('segment-committed')
  }

  /** Takes values out of every segment, one transaction each. The files keep their size until they are rewritten. */
  async remove(digests: readonly Digest[]): Promise<void> {
    if (digests.length === 0) return
    for (const segment of this.#newestFirst())
      await segment.transaction(() => {
        for (const digest of digests) void segment.remove(digest)
      })
  }

  /** Differs from what it was once anything was written to the files, or one of them is another one. */
  state(): string {
    this.#names = this.#list()
    const states = this.#names.map((name) => {
      const { lastTxnId } = this.#segment(name).getStats() as { readonly lastTxnId: number }
      return `${name} ${statSync(this.path(name)).ino} ${lastTxnId}`
    })
    return states.join()
  }

  /** Names of the files, the newest first. */
  names(): readonly string[] {
    return (this.#names = this.#list())
  }

  path(name: string): string {
    return join(this.#folder, name)
  }

  digests(name: string): Digest[] {
    return [...this.#segment(name).getKeys()] as Digest[]
  }

  read(name: string, digest: Digest): Uint8Array | undefined {
    return this.#segment(name).getBinary(digest)
  }

  /** Size of a file, and of the pages in it that hold something. */
  usage(name: string): { readonly fileBytes: number; readonly liveBytes: number; readonly entries: number } {
    const stats = this.#segment(name).getStats() as Readonly<Record<string, number>>
    const pages = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages
    return { fileBytes: statSync(this.path(name)).size, liveBytes: pages * stats.pageSize, entries: stats.entryCount }
  }

  /** Unlinks a file. Other processes that have it open read on from what they have mapped. */
  async unlink(name: string): Promise<void> {
    const open = this.#open.get(name)
    this.#open.delete(name)
    if (open !== undefined) await closeForGood(open)
    faultPoint('segment-unlink')
    for (const path of [this.path(name), `${this.path(name)}-lock`]) rmSync(path, { force: true })
    this.#names = this.#list()
  }

  /** See `Cache.refresh`. */
  refresh(): void {
    for (const segment of this.#open.values()) segment.resetReadTxn()
  }

  async close(): Promise<void> {
    for (const segment of this.#open.values()) await settled(segment)
  }

  /** Whether there is a segment that was not known; looks at the folder now and then. */
  #lookAgain(): boolean {
    if (performance.now() - this.#listedAt < LOOK_AGAIN_MS) return false
    const before = this.#names.length
    this.#names = this.#list()
    return this.#names.length > before
  }

  #list(): string[] {
    this.#listedAt = performance.now()
    return readdirSync(this.#folder)
      .filter((name) => /^\d{4}\.lmdb$/.test(name))
      .sort()
      .reverse()
  }

  #newestFirst(): RootDatabase<Uint8Array, string>[] {
    return this.#names.map((name) => this.#segment(name))
  }

  #writable(): RootDatabase<Uint8Array, string> {
    if (performance.now() - this.#listedAt > LOOK_AGAIN_MS) this.#names = this.#list()
    const newest = this.#names.at(0)
    if (newest !== undefined && statSync(join(this.#folder, newest)).size < SEGMENT_BYTES) return this.#segment(newest)
    const next = this.nextName()
    this.#names.unshift(next)
    return this.#segment(next)
  }

  /** A name that no file had before, so that a process which still has an old file open takes none for another. */
  nextName(): string {
    return `${String(Number(this.#list().at(0)?.slice(0, 4) ?? 0) + 1).padStart(4, '0')}.lmdb`
  }

  #segment(name: string): RootDatabase<Uint8Array, string> {
    let segment = this.#open.get(name)
    if (segment === undefined) {
      setAsideUnsound(join(this.#folder, name))
      segment = openLmdb<Uint8Array>({ path: join(this.#folder, name), encoding: 'binary' })
      this.#open.set(name, segment)
    }
    return segment
  }
}
