import { sanitize } from './sanitize.ts'

/** A Markdown table, line by line; nothing in a cell can end it. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => sanitize(cell).replace(/[\\|`<*]|\](?=\()/g, '\\$&')).join(' | ')} |`
  return [line(heading), `|${' --- |'.repeat(heading.length)}`, ...rows.map(line)]
}
