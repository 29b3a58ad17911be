import { sanitize } from '../base/sanitize.ts'
import { displayWidth, padEnd, padStart } from './width.ts'

/** Rows under a heading in aligned columns, two spaces apart; columns of `right` stand at their right edge. */
export function alignedTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string[] {
  const widths = heading.map((name, at) => Math.max(displayWidth(name), ...rows.map((row) => displayWidth(row[at]))))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (right.includes(heading[at]) ? padStart(cell, widths[at]) : padEnd(cell, widths[at])))
      .join('  ')
      .trimEnd()
  return [heading, ...rows].map(line)
}

/** The same as a Markdown table; nothing in a cell can end it. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => sanitize(cell).replace(/[\\|`<*]|\](?=\()/g, '\\$&')).join(' | ')} |`
  return [line(heading), `|${' --- |'.repeat(heading.length)}`, ...rows.map(line)]
}
