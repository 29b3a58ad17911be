import type { Cache } from '../cache/cache.ts'

/** How long records are gathered before they are written as one transaction. */
const GROUP_MS = 25

/** Group commits: many small records, one transaction, one wait. */
export class IndexWriter {
  readonly #cache: Cache
  #pending: { readonly write: () => void; readonly written: (() => void) | undefined }[] = []
  #commit: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  /** Ends the gathering at once, while there is one. */
  #hurry: (() => void) | undefined

  constructor(cache: Cache) {
    this.#cache = cache
  }

  /** Adds a write to the next commit; `written` is called once that has succeeded. */
  add(write: () => void, written?: () => void): void {
    this.#pending.push({ write, written })
    this.#commit ??= this.#soon()
  }

  /** Resolves when everything added so far is on disk; rejects, once, with the failure where something since the last flush could not be written. */
  async flush(): Promise<void> {
    this.#hurry?.()
    await this.settled()
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure.error
  }

  /** Resolves when everything added so far was written, or could not be. */
  async settled(): Promise<void> {
    while (this.#commit !== undefined) await this.#commit
  }

  async #soon(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GROUP_MS)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#hurry = undefined
    const writes = this.#pending
    this.#pending = []
    try {
      await this.#cache.commit(() => writes.forEach(({ write }) => write()))
      for (const { written } of writes) written?.()
    } catch (error) {
      this.#failure ??= { error }
    } finally {
      this.#commit = this.#pending.length > 0 ? this.#soon() : undefined
    }
  }
}
