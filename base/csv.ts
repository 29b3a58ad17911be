/** Lines of CSV as RFC 4180 has it, each ended by CRLF; null is an empty field. */
export const csvText = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')

/** Quoted where needed; a leading `=`, `+`, `-` or `@` of a text is kept from becoming a formula in a spreadsheet. */
function field(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
