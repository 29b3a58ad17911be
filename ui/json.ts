import type { RunEvent } from '../runner/events.ts'
import type { RunUi } from './run-ui.ts'

/** Longest line of the event stream, in bytes of UTF-8. */
const LINE_BYTES = 64_000

/** One event as one line; log text that would make it too long is cut, and says so. */
export function eventLine(event: RunEvent): string {
  let line = JSON.stringify(event)
  let length = event.type === 'stage.log' ? event.text.length : 0
  while (event.type === 'stage.log' && length > 0 && Buffer.byteLength(line) > LINE_BYTES) {
    length = Math.floor(length * 0.75)
    const text = event.text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')
    line = JSON.stringify({ ...event, text, cut: true })
  }
  return `${line}\n`
}

/** `--ui json`: the event stream on stdout, nothing on stderr. */
export function openJson(write: (line: string) => void): RunUi {
  return {
    event: (event) => write(eventLine(event)),
    close: () => Promise.resolve(),
  }
}
