import { formatCount } from '../base/format.ts'
import type { EventBody } from '../runner/events.ts'

const SHOW_AFTER_MS = 500
const EVERY_MS = 100

/** One line of a terminal that says how far planning has come; rewritten in place, gone before the next line. */
export class PlanningLine {
  readonly #write: (text: string) => void
  #shownAtMs: number | undefined
  #sinceMs: number | undefined

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  show({ what, done, total }: Omit<Extract<EventBody, { type: 'plan.progress' }>, 'type'>, nowMs: number): void {
    this.#sinceMs ??= nowMs
    if (nowMs - this.#sinceMs < SHOW_AFTER_MS) return
    if (this.#shownAtMs !== undefined && nowMs - this.#shownAtMs < EVERY_MS && done < total) return
    this.#shownAtMs = nowMs
    this.#write(`\r\u001b[K${what} ${formatCount(done)}/${formatCount(total)} images`)
  }

  clear(): void {
    if (this.#shownAtMs !== undefined) this.#write('\r\u001b[K')
    this.#shownAtMs = undefined
    this.#sinceMs = undefined
  }
}
