import type { Severity } from '../../base/diagnostic.ts'
import { formatCount } from '../../base/format.ts'
import { sanitize } from '../../base/sanitize.ts'

/** What is wrong with a file or folder of the acquired one, before its path is made one that people can follow. */
export interface Finding {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  /** POSIX path relative to the acquired folder; empty for the folder itself. */
  readonly id: string
  readonly related?: readonly { readonly message: string; readonly id: string }[]
  readonly help: readonly string[]
  /** The setting that leads there, `dir` where left out. */
  readonly setting?: string
}

/** The way out where the file system refuses. */
export const MAKE_READABLE = 'make it readable, or take it out of the set'

export function finding(code: string, id: string, message: string, help: readonly string[] = []): Finding {
  return { code, severity: code.startsWith('W') ? 'warning' : 'error', message, id, help }
}

/** `2 more masks have no image`, for the help of a finding that stands for several; empty for one. */
export const moreOf = (total: number, singular: string, many: string): string =>
  total < 2 ? '' : `${formatCount(total - 1)} more ${total === 2 ? singular : many}`

/** One line of what is there to say, empty parts left out. */
export function helpLine(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .reduce((line, part) => (line.endsWith('?') ? `${line} ${part}` : `${line}; ${part}`))
}

/** `did you mean a.png or b.png?`; empty for none. */
export const didYouMean = (names: readonly string[]): string =>
  names.length === 0 ? '' : `did you mean ${names.map(sanitize).join(' or ')}?`

/** `a, b, c and 7 more`. */
export function someOf(names: readonly string[], limit = 5): string {
  const shown = names.slice(0, limit).map(sanitize).join(', ')
  return names.length > limit ? `${shown} and ${formatCount(names.length - limit)} more` : shown
}

/** The file system's word for what went wrong (`EACCES`), or the error's own. */
export const errorCode = (error: unknown): string =>
  error instanceof Error ? ('code' in error && String(error.code)) || error.message : String(error)
