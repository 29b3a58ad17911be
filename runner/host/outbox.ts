import type { FromHost } from './protocol.ts'

/** Messages of single items that come sooner after others than this are gathered; a host that dies loses no more work than that. */
const GATHER_MS = 25

/** Sends messages in their order; those of single items, which may be ten thousands, several at a time. */
export class Outbox {
  readonly #post: (messages: readonly FromHost[]) => void
  #gathered: FromHost[] = []
  #postedAt = -Infinity
  #timer: NodeJS.Timeout | undefined

  constructor(post: (messages: readonly FromHost[]) => void) {
    this.#post = post
  }

  readonly send = (message: FromHost): void => {
    this.#gathered.push(message)
    const isOfItem = message.type === 'item' || message.type === 'inspected'
    if (!isOfItem || performance.now() - this.#postedAt >= GATHER_MS) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const messages = this.#gathered
    this.#gathered = []
    this.#postedAt = performance.now()
    if (messages.length > 0) this.#post(messages)
  }
}
