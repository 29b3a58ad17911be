import { EventEmitter } from 'node:events'
import type { Keyboard } from '../../ui/inline/keys.ts'
import type { Terminal } from '../../ui/inline/screen.ts'

/** A terminal that keeps what was written, with a size that can change. */
export class FakeTerminal extends EventEmitter implements Terminal {
  columns: number
  rows: number
  written = ''
  writes = 0

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
  }

  readonly write = (text: string): boolean => {
    this.written += text
    this.writes++
    return true
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.emit('resize')
  }

  /** Rows as a terminal of unlimited height would show them; knows the few sequences that ink writes. */
  get lines(): string[] {
    const rows = ['']
    let row = 0
    let column = 0
    for (const [token] of this.written.matchAll(/\u001b\[\??[\d;]*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) {
      if (token === '\n') {
        row++
        column = 0
        rows[row] ??= ''
      } else if (token === '\r') column = 0
      else if (token.startsWith('\u001b')) {
        const count = Number(/\d+/.exec(token)?.[0] ?? 1)
        if (token.endsWith('A')) row = Math.max(0, row - count)
        if (token.endsWith('G')) column = 0
        if (token.endsWith('K')) rows[row] = token.includes('2') ? '' : rows[row].slice(0, column)
        if (token.endsWith('J') && !token.includes('2')) rows.length = row + 1
      } else {
        rows[row] = rows[row].slice(0, column).padEnd(column) + token + rows[row].slice(column + token.length)
        column += token.length
      }
    }
    return rows.map((text) => text.trimEnd())
  }
}

export class FakeKeyboard extends EventEmitter implements Keyboard {
  raw = false
  readonly setRawMode = (on: boolean): void => {
    this.raw = on
  }
  readonly resume = (): void => {}
  readonly pause = (): void => {}
  press(byte: number): void {
    this.emit('data', Buffer.from([byte]))
  }
}
