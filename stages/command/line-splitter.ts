import { StringDecoder } from 'node:string_decoder'

/** A line longer than this is told in pieces. */
const MAX_LINE = 8192

/** Cuts a stream of bytes into lines; a carriage return begins a line anew, as on a terminal. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  readonly #onLine: (line: string) => void
  #open = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  write(chunk: Buffer): void {
    const lines = (this.#open + this.#decoder.write(chunk)).split('\n')
    this.#open = lines.pop()!
    for (const line of lines) this.#tell(line)
    if (this.#open.length > MAX_LINE) this.end()
  }

  /** Tells a last line that was not ended. */
  end(): void {
    const rest = this.#open + this.#decoder.end()
    this.#open = ''
    if (rest !== '') this.#tell(rest)
  }

  #tell(line: string): void {
    const text = line.replace(/\r$/, '')
    const shown = text.slice(text.lastIndexOf('\r') + 1)
    for (let at = 0; at === 0 || at < shown.length; at += MAX_LINE) this.#onLine(shown.slice(at, at + MAX_LINE))
  }
}
