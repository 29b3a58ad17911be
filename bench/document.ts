import type { Table } from './benchmark.ts'

const WIDTH = 120

export interface Circumstances {
  readonly date: string
  readonly command: string
  readonly machine: string
  readonly versions: string
}

/** A benchmark as it is printed and kept: what was measured, the figures, and how they came about. */
export const sectionText = (table: Table, { date, command, machine, versions }: Circumstances): string =>
  [wrap(table.caption), tableText(table), wrap(`${date}, \`${command}\`. ${machine}. ${versions}.`)].join('\n\n')

/** Breaks a paragraph at spaces into lines of at most `WIDTH` characters. */
const wrap = (text: string): string => text.replace(new RegExp(`(.{1,${WIDTH}})(?: |$)`, 'g'), '$1\n').trimEnd()

/** A table of Markdown with its columns aligned, so that it reads well on a terminal too. */
function tableText({ columns, rows }: Table): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i].length)))
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** Puts `section` between the two marks of a benchmark; all else stays as it is. */
export function replaceSection(document: string, name: string, section: string): string {
  const [open, close] = [`<!-- bench ${name} -->`, `<!-- end of bench ${name} -->`]
  const [from, to] = [document.indexOf(open), document.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`the document has no lines '${open}' and '${close}'`)
  return `${document.slice(0, from + open.length)}\n\n${section}\n\n${document.slice(to)}`
}
