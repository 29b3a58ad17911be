import { mkdirSync, readFileSync, statSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { digestBytes } from '../../base/digest.ts'
import { faultPoint } from '../../base/fault.ts'
import { removeTree } from '../../base/remove-tree.ts'
import type { TaskStore } from './task-store.ts'
import { SMALL_BYTES } from '../../cache/objects.ts'
import type { StoredObject } from '../../cache/records.ts'
import { newStagingFolder } from '../../cache/staging.ts'
import type { TaskDisk } from '../../stages/stage.ts'

/** The files of one attempt at a stage: what it reads from the cache, and what of its folder is kept. */
export class AttemptDisk implements TaskDisk {
  readonly #cache: TaskStore
  #folder: string | undefined
  #madeMs = 0
  readonly parts: StoredObject[] = []
  /** Parts that go into the index, which the runner writes. */
  readonly small: Uint8Array[] = []

  constructor(cache: TaskStore) {
    this.#cache = cache
  }

  folder(): string {
    if (this.#folder === undefined) {
      this.#folder = newStagingFolder(this.#cache.folder)
      mkdirSync(this.#folder)
      this.#madeMs = performance.now()
      faultPoint('staging-made')
    }
    return this.#folder
  }

  read(digest: Digest): Uint8Array {
    return this.#cache.objects.read(digest)
  }

  place(digest: Digest, path: string): Promise<void> {
    return this.#cache.objects.copyTo(digest, path)
  }

  async keep(content: string | Uint8Array): Promise<StoredObject> {
    const stored = typeof content === 'string' ? await this.#keepFile(content) : await this.#keepBytes(content)
    this.parts.push(stored)
    return stored
  }

  /** Takes the attempt's folder away, with whatever was left in it. */
  async close(): Promise<void> {
    if (this.#folder === undefined) return
    faultPoint('staging-remove')
    if (this.#cache.discard !== undefined) this.#cache.discard(this.#folder, performance.now() - this.#madeMs)
    else await removeTree(this.#folder)
  }

  async #keepFile(path: string): Promise<StoredObject> {
    return statSync(path).size < SMALL_BYTES ? this.#keepBytes(readFileSync(path)) : this.#cache.objects.putFile(path)
  }

  async #keepBytes(bytes: Uint8Array): Promise<StoredObject> {
    if (bytes.byteLength >= SMALL_BYTES) return this.#cache.objects.putBlob(bytes)
    this.small.push(bytes)
    return { digest: digestBytes(bytes), bytes: bytes.byteLength }
  }
}
