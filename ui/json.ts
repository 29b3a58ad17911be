import type { RunUi } from './run-ui.ts'

/** `--ui json`: the event stream on stdout, one event a line; nothing on stderr. */
export function openJson(write: (line: string) => void): RunUi {
  return {
    event: (event) => write(`${JSON.stringify(event)}\n`),
    close: () => Promise.resolve(),
  }
}
