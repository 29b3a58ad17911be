import { formatCount } from '../base/format.ts'
import type { EventBody } from '../runner/events.ts'

const SHOW_AFTER_MS = 500
const EVERY_MS = 100

type Planning = Omit<Extract<EventBody, { type: 'plan.progress' }>, 'type'>

/** `reading 1,200/20,000 files`: whatever is read is a file, what is decoded an image. */
export const planningText = ({ what, done, total }: Planning): string =>
  `${what} ${formatCount(done)}/${formatCount(total)} ${what === 'reading' ? 'files' : 'images'}`

/** One line of a terminal that says how far planning has come; rewritten in place, gone before the next line. */
export class PlanningLine {
  readonly #write: (text: string) => void
  #shownAtMs: number | undefined
  #sinceMs: number | undefined

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  show({ what, done, total }: Planning, nowMs: number): void {
    this.#sinceMs ??= nowMs
    if (nowMs - this.#sinceMs < SHOW_AFTER_MS) return
    if (this.#shownAtMs !== undefined && nowMs - this.#shownAtMs < EVERY_MS && done < total) return
    this.#shownAtMs = nowMs
    this.#write(`\r\u001b[K${planningText({ what, done, total })}`)
  }

  clear(): void {
    if (this.#shownAtMs !== undefined) this.#write('\r\u001b[K')
    this.#shownAtMs = undefined
    this.#sinceMs = undefined
  }
}
