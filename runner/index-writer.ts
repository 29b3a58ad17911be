import type { Cache } from '../cache/cache.ts'

/** How long records are gathered before they are written as one transaction. */
const GROUP_MS = 25

/** Group commits: many small records, one transaction, one wait. */
export class IndexWriter {
  readonly #cache: Cache
  #pending: (() => void)[] = []
  #commit: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(cache: Cache) {
    this.#cache = cache
  }

  /** Adds a write to the next commit. */
  add(write: () => void): void {
    this.#pending.push(write)
    this.#commit ??= this.#soon()
  }

  /** Resolves when everything added so far is on disk; rejects, once, with the failure where something since the last flush could not be written. */
  async flush(): Promise<void> {
    while (this.#commit !== undefined) await this.#commit
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure.error
  }

  async #soon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GROUP_MS))
    const writes = this.#pending
    this.#pending = []
    try {
      await this.#cache.commit(() => writes.forEach((write) => write()))
    } catch (error) {
      this.#failure ??= { error }
    } finally {
      this.#commit = this.#pending.length > 0 ? this.#soon() : undefined
    }
  }
}
