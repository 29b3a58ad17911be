/** A place in a file. Lines and columns from 1, columns in UTF-16 units as editors count. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
  readonly endLine?: number
  readonly endColumn?: number
  /** Where in the spec's own terms, such as `stages.train.with.lr`. */
  readonly path?: string
}

export type Severity = 'error' | 'warning' | 'note'

/** What a person is told when something is wrong: one type for terminal, JSON and editors. */
export interface Diagnostic {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly at?: Place
  readonly related?: readonly { readonly message: string; readonly at: Place }[]
  readonly help?: readonly string[]
}

/**
 * Thrown by code that runs inside a stage or a decoder, where a Result would have to travel through
 * callbacks of libraries; the task host turns it back into its diagnostic. Codes are those of `base/codes.ts`.
 */
export class Failure extends Error {
  readonly diagnostic: Diagnostic
  constructor(code: string, message: string, more: { at?: Place; help?: readonly string[] } = {}) {
    super(message)
    this.name = 'Failure'
    this.diagnostic = { code, severity: 'error', message, ...more }
  }
}
