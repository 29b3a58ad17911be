import { formatBytes, plural } from '../../base/format.ts'

/** What a command may print in full; a training that says a line a step stays far below. */
const FULL = { lines: 50_000, chars: 4_000_000 }
/** Lines of its end that are kept beyond that, since a failure is told last. */
const LAST_LINES = 200

/** Passes a command's lines on; of one that prints without end, the beginning and, once it has ended, the last lines. */
export class BoundedLog {
  readonly #log: (text: string) => void
  #told = { lines: 0, chars: 0 }
  #gone = { lines: 0, chars: 0 }
  #last: string[] = []

  constructor(log: (text: string) => void) {
    this.#log = log
  }

  write(line: string): void {
    if (this.#told.lines < FULL.lines && this.#told.chars < FULL.chars) {
      this.#told = { lines: this.#told.lines + 1, chars: this.#told.chars + line.length }
      this.#log(line)
      return
    }
    this.#last.push(line)
    if (this.#last.length > 2 * LAST_LINES) this.#drop()
  }

  /** Tells how much was left out, and the lines after it. */
  end(): void {
    this.#drop()
    const { lines, chars } = this.#gone
    if (lines > 0) this.#log(`(${plural(lines, 'line')} left out here, ${formatBytes(chars)})`)
    for (const line of this.#last) this.#log(line)
    this.#last = []
    this.#gone = { lines: 0, chars: 0 }
  }

  #drop(): void {
    for (const line of this.#last.slice(0, -LAST_LINES))
      this.#gone = { lines: this.#gone.lines + 1, chars: this.#gone.chars + line.length }
    this.#last = this.#last.slice(-LAST_LINES)
  }
}
