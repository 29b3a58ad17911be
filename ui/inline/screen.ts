import { EventEmitter } from 'node:events'
import { writeSync } from 'node:fs'

const FALLBACK_COLUMNS = 80
const FALLBACK_ROWS = 24
/** Ends a synchronized update, shows the cursor, resets attributes. */
const RESTORE = '\u001b[?2026l\u001b[?25h\u001b[0m'

/** The terminal as far as a screen needs it; `process.stderr` is one. */
export interface Terminal {
  readonly columns?: number
  readonly rows?: number
  readonly fd?: number
  write(text: string): boolean
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/**
 * The stream ink draws on. It has no `rows`: whenever ink's frame is as tall as those, it clears the
 * scrollback as well. What is written within one turn goes out as one write.
 */
export class Screen extends EventEmitter {
  readonly isTTY = true
  readonly #terminal: Terminal
  #pending = ''
  readonly #onResize = (): void => {
    this.emit('resize')
  }

  constructor(terminal: Terminal) {
    super()
    this.#terminal = terminal
    terminal.on('resize', this.#onResize)
  }

  /** Some pseudo-terminals report sizes of 0. */
  get columns(): number {
    return this.#terminal.columns || FALLBACK_COLUMNS
  }

  write(text: string): boolean {
    if (this.#pending === '') queueMicrotask(() => this.flush())
    this.#pending += text
    return true
  }

  flush(): void {
    if (this.#pending === '') return
    this.#terminal.write(this.#pending)
    this.#pending = ''
  }

  close(): void {
    this.flush()
    this.#terminal.off('resize', this.#onResize)
  }
}

export const terminalRows = ({ rows }: Terminal): number => rows || FALLBACK_ROWS

/** Leaves the terminal as it was found, whatever happens after. Synchronous, so that it works while the process exits. */
export function restoreTerminal(terminal: Terminal): void {
  try {
    if (terminal.fd === undefined) terminal.write(RESTORE)
    else writeSync(terminal.fd, RESTORE)
  } catch {
    // The terminal is gone: nothing is left to restore.
  }
}
