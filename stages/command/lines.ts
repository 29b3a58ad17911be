import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A line longer than this is told in pieces. */
const MAX_LINE = 8192

/** Calls for every line of a stream; a carriage return begins a line anew, as on a terminal. Gives what tells an unfinished last line. */
export function splitLines(stream: Readable, onLine: (line: string) => void): () => void {
  const decoder = new StringDecoder('utf8')
  let open = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (open + decoder.write(chunk)).split('\n')
    open = lines.pop()!
    for (const line of lines) tell(line)
    if (open.length > MAX_LINE) {
      tell(open)
      open = ''
    }
  })
  const tell = (line: string): void => {
    const text = line.replace(/\r$/, '')
    const shown = text.slice(text.lastIndexOf('\r') + 1)
    for (let at = 0; at === 0 || at < shown.length; at += MAX_LINE) onLine(shown.slice(at, at + MAX_LINE))
  }
  return () => {
    open += decoder.end()
    if (open !== '') tell(open)
  }
}
