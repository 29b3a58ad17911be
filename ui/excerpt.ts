import type { Place } from '../base/diagnostic.ts'
import { sanitize } from '../base/sanitize.ts'
import { displayWidth } from './width.ts'

const NUMBER_WIDTH = 4

/**
 * The source line of a place with `~` under the exact text, cut to `columns` around it:
 * `  17 |   train: ...` and `     |          ~~~~~`. Empty where the file or the line is not known.
 */
export function sourceExcerpt(at: Place, source: string | undefined, columns: number): string[] {
  if (source === undefined || at.line === undefined) return []
  const line = source.split(/\r?\n/).at(at.line - 1)
  if (line === undefined) return []
  const start = (at.column ?? 1) - 1
  const end = at.endLine === undefined || at.endLine === at.line ? (at.endColumn ?? start + 2) - 1 : line.length
  const room = Math.max(20, columns - NUMBER_WIDTH - 4)
  const from = line.length <= room ? 0 : Math.max(0, Math.min(start - Math.floor(room / 3), line.length - room))
  const shown = sanitize(line.slice(from, from + room))
  const indent = displayWidth(sanitize(line.slice(from, start)))
  const marked = Math.max(1, displayWidth(sanitize(line.slice(start, Math.min(end, from + room)))))
  return [
    `${String(at.line).padStart(NUMBER_WIDTH)} | ${shown}`,
    `${' '.repeat(NUMBER_WIDTH)} | ${' '.repeat(indent)}${'~'.repeat(marked)}`,
  ]
}
