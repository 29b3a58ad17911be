import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import type { Digest } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import { setAsideUnsound } from './lmdb-file.ts'
import { openLmdb, settled } from './open-lmdb.ts'

/** An LMDB file never shrinks, so tensors are kept in files of at most this size that can be rewritten one by one. */
const SEGMENT_BYTES = 8e9

/** Misses are common while planning, so the folder is not read at each of them. */
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
    mkdirSync(this.#folder, { recursive: true })
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

  async remove(digest: Digest): Promise<void> {
    for (const segment of this.#newestFirst()) await segment.remove(digest)
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
    this.#names = this.#list()
    const newest = this.#names.at(0)
    if (newest !== undefined && statSync(join(this.#folder, newest)).size < SEGMENT_BYTES) return this.#segment(newest)
    const next = `${String(Number(newest?.slice(0, 4) ?? 0) + 1).padStart(4, '0')}.lmdb`
    this.#names.unshift(next)
    return this.#segment(next)
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
