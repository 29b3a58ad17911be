import type { Diagnostic, Place } from '../base/diagnostic.ts'
import { sanitize } from '../base/sanitize.ts'

/** `pipelines/a.yaml:6:20`, as far as known. */
export const placeText = ({ file, line, column }: Place): string =>
  [sanitize(file), ...(line === undefined ? [] : [line, ...(column === undefined ? [] : [column])])].join(':')

/** The first line of a diagnostic alone: `pipelines/a.yaml:6:20 warning W222 no part known, split by image`. */
export function diagnosticLine({ at, severity, code, message }: Diagnostic): string {
  const place = at === undefined ? '' : `${placeText(at)} `
  return `${place}${severity} ${code} ${sanitize(message)}`
}

/** A diagnostic that points into no file: its line and its ways out. */
export const diagnosticText = (diagnostic: Diagnostic): string =>
  [diagnosticLine(diagnostic), ...(diagnostic.help ?? []).map((text) => `  help  ${sanitize(text)}`), ''].join('\n')

/** As GitHub shows them beside the changed lines: `::error file=...,line=6,col=20::E104 ...`. */
export function githubAnnotation({ at, severity, code, message }: Diagnostic): string {
  const level = severity === 'note' ? 'notice' : severity
  const escape = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
  const property = (text: string): string => escape(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
  const place =
    at === undefined
      ? ''
      : [
          ` file=${property(at.file)}`,
          ...(at.line === undefined ? [] : [`line=${at.line}`]),
          ...(at.column === undefined ? [] : [`col=${at.column}`]),
        ].join(',')
  return `::${level}${place}::${escape(`${code} ${message}`)}`
}
