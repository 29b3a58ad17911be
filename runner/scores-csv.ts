import type { Verdict } from '../artifacts/verdict.ts'

/** One line per held-out and test image, highest score first; RFC 4180. */
export function csvOf({ items }: Verdict): string {
  const rows = [...items]
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .map(({ id, split, label, defect, part, score, pValue, decision }) => [
      id,
      split,
      label,
      defect ?? '',
      part ?? '',
      score,
      pValue ?? '',
      decision ?? '',
    ])
  return [['image', 'split', 'label', 'defect', 'part', 'score', 'p_value', 'verdict'], ...rows]
    .map((row) => `${row.map(field).join(',')}\r\n`)
    .join('')
}

/** Quoted where needed; a leading `=`, `+`, `-` or `@` of a text is kept from becoming a formula in a spreadsheet. */
function field(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
