import type { Diagnostic, Place, Severity } from '../base/diagnostic.ts'
import { plural } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import { placeText } from './diagnostic-line.ts'
import { sourceExcerpt } from './excerpt.ts'
import { type Colour, paint } from './look.ts'

const SHOWN_PER_FILE = 20

const COLOURS: Readonly<Record<Severity, Colour>> = { error: 'red', warning: 'yellow', note: 'cyan' }

export interface DiagnosticsLook {
  /** Width that source lines are cut to; 120 off a terminal. */
  readonly columns: number
  readonly color: boolean
}

/**
 * Diagnostics as people read them: sorted by place, each with its source line, the exact text underlined, related
 * places and ways out, and a line that counts them. `sources` holds the texts of the files that places name; the
 * others show no line. Ends without a newline; empty for none.
 */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  look: DiagnosticsLook,
): string {
  if (diagnostics.length === 0) return ''
  const byFile = new Map<string, Diagnostic[]>()
  for (const diagnostic of [...diagnostics].sort(comparePlaces)) {
    const file = diagnostic.at?.file ?? ''
    byFile.set(file, [...(byFile.get(file) ?? []), diagnostic])
  }
  const lines = [...byFile.values()].flatMap((all) => {
    const more = all.length - SHOWN_PER_FILE
    const shown = all.slice(0, SHOWN_PER_FILE).flatMap((diagnostic) => block(diagnostic, sources, look))
    return more > 0 ? [...shown, `... and ${more} more (--json has all)`] : shown
  })
  return [...lines, countLine(diagnostics, [...byFile.keys()])].join('\n')
}

function comparePlaces({ at: a }: Diagnostic, { at: b }: Diagnostic): number {
  const [first, second] = [a?.file ?? '', b?.file ?? '']
  if (first !== second) return first < second ? -1 : 1
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)
}

function block(diagnostic: Diagnostic, sources: ReadonlyMap<string, string>, look: DiagnosticsLook): string[] {
  const { at, severity, code, message, related = [], help = [] } = diagnostic
  const place = at === undefined ? '' : `${placeText(at)} `
  const head = `${place}${painted(`${severity} ${code}`, COLOURS[severity], look)} ${sanitize(message)}`
  const lines = [head, ...excerpt(at, sources, look, COLOURS[severity])]
  for (const other of related) {
    const shown = excerpt(other.at, sources, look, 'cyan')
    const text = sanitize(other.message)
    if (other.at.file !== at?.file || shown.length === 0) {
      lines.push(`${placeText(other.at)} ${painted('note', 'cyan', look)} ${text}`, ...shown)
    } else {
      const [line, mark] = shown
      lines.push(...(lines.at(-2) === line ? [] : [line]), `${mark}  ${text}`)
    }
  }
  return [...lines, ...help.map((text) => `  ${painted('help', 'green', look)}  ${sanitize(text)}`)]
}

function excerpt(
  at: Place | undefined,
  sources: ReadonlyMap<string, string>,
  look: DiagnosticsLook,
  colour: Colour,
): string[] {
  if (at === undefined) return []
  const lines = sourceExcerpt(at, sources.get(at.file), look.columns)
  return lines.map((line, i) => (i === 0 ? line : line.replace(/~+$/, (squiggle) => painted(squiggle, colour, look))))
}

const painted = (text: string, colour: Colour, { color }: DiagnosticsLook): string =>
  paint(text, colour, { color, ascii: false })

/** `6 errors in pipelines/broken.yaml`. */
function countLine(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const n = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    return n === 0 ? [] : [plural(n, severity)]
  })
  const named = files.filter((file) => file !== '')
  const where =
    named.length === 0 ? '' : ` in ${named.length === 1 ? sanitize(named[0]) : plural(named.length, 'file')}`
  return `${counts.join(', ')}${where}`
}
