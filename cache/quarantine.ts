import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { makeFolder } from '../base/make-folder.ts'

/** What is kept of damaged bytes, for whoever wants to know what the disk did to them. */
const KEPT_FILES = 100
const KEPT_BYTES = 256e6

/** Damaged bytes beside the cache, `quarantine/DIGEST.N`: nothing reads them, the oldest go first. */
export class Quarantine {
  readonly #folder: string

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'quarantine')
  }

  /** Keeps a copy; a disk that cannot take it is no reason not to repair. */
  keep(digest: Digest, bytes: Uint8Array): void {
    try {
      makeFolder(this.#folder)
      writeFileSync(join(this.#folder, `${digest}.${Date.now()}`), bytes.subarray(0, KEPT_BYTES))
      this.#bound()
    } catch {
      this.#bound()
    }
  }

  #bound(): void {
    try {
      const files = readdirSync(this.#folder)
        .map((name) => {
          const path = join(this.#folder, name)
          const { mtimeMs, size } = statSync(path)
          return { path, mtimeMs, size }
        })
        .sort((a, b) => b.mtimeMs - a.mtimeMs)
      let bytes = 0
      for (const [i, { path, size }] of files.entries()) {
        bytes += size
        if (i >= KEPT_FILES || bytes > KEPT_BYTES) rmSync(path, { force: true })
      }
    } catch {
      // Another process tidies at the same time, or the folder is gone.
    }
  }
}
