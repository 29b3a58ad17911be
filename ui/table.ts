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
