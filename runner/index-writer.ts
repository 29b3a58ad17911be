import type { Cache } from '../cache/cache.ts'

/** How long records are gathered before they are written as one transaction. */
const GROUP_MS = 25

/** Group commits: many small records, one transaction, one wait. */
export class IndexWriter {
  readonly #cache: Cache
  #pending: (() => void)[] = []
  #commit: Promise<void> | undefined

  constructor(cache: Cache) {
    this.#cache = cache
  }

  /** Adds a write to the next commit. */
  add(write: () => void): void {
    this.#pending.push(write)
    this.#commit ??= this.#soon()
    this.#commit.catch(() => {}) // told by flush()
  }

  /** Resolves when everything added so far is on disk; rejects with the storage failure where it could not be written. */
  async flush(): Promise<void> {
    while (this.#commit !== undefined) await this.#commit
  }

  async #soon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GROUP_MS))
    const writes = this.#pending
    this.#pending = []
    try {
      await this.#cache.commit(() => writes.forEach((write) => write()))
    } finally {
      this.#commit = this.#pending.length > 0 ? this.#soon() : undefined
    }
  }
}
