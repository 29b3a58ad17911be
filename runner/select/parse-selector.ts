import type { Diagnostic } from '../../base/diagnostic.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { sanitize } from '../../base/sanitize.ts'

/** What selects stages, as `pipeline help selectors` explains it: `!...^train@lr=1e-3`, `e*`, `@variance=0.90`. */
export interface Selector {
  /** `!`: takes away. */
  readonly negated: boolean
  /** `...train` and `...^train`: also what needs it, with itself or without. */
  readonly dependents?: 'with' | 'without'
  /** `train...` and `train^...`: also what it needs, with itself or without. */
  readonly needs?: 'with' | 'without'
  /** A stage or a glob over stages; left out, all of them. */
  readonly name?: string
  readonly cells: readonly AxisChoice[]
}

export interface AxisChoice {
  readonly axis: string
  readonly value: string
  /** In single quotes: taken as it stands, `*` and `?` too. */
  readonly quoted: boolean
}

const AXIS = /[A-Za-z_][A-Za-z0-9_-]*/y
const NAME = /[A-Za-z0-9_*?-]+/y
const QUOTED = /'((?:[^']|'')*)'/y
const BARE = /(?:(?!\^?\.\.\.)[^,\s'])+/y

/** Reads one selector; whatever it cannot read is E003, with how to write it. */
export function parseSelector(text: string): Result<Selector, Diagnostic> {
  const fault = (what: string, help: string): Result<never, Diagnostic> =>
    err({ code: 'E003', severity: 'error', message: `${what} in the selector "${sanitize(text)}"`, help: [help] })
  let at = 0
  const take = (word: string): boolean => {
    if (!text.startsWith(word, at)) return false
    at += word.length
    return true
  }
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }

  const negated = take('!')
  const before = take('...') && (take('^') ? 'without' : 'with')
  const name = read(NAME)?.[0]
  const cells: AxisChoice[] = []
  if (take('@')) {
    do {
      const axis = read(AXIS)?.[0]
      if (axis === undefined || !take('=')) return fault('no axis and value', 'write @AXIS=VALUE, such as @lr=1e-3')
      const quoted = read(QUOTED)
      const value = quoted === null ? read(BARE)?.[0] : quoted[1].replaceAll("''", "'")
      if (value === undefined)
        return fault(`no value of ${axis}`, `write @${axis}=VALUE, in single quotes where it is empty or has blanks`)
      cells.push({ axis, value, quoted: quoted !== null })
    } while (take(','))
  } else if (name === undefined) return fault('no stage', 'write a stage, @AXIS=VALUE, or both: train@lr=1e-3')
  const after = take('^...') ? 'without' : take('...') && 'with'
  if (at < text.length) {
    return fault(
      `"${sanitize(text.slice(at))}" is out of place`,
      'write [!][...[^]]STAGE[@AXIS=VALUE,...][[^]...]; a value with a comma, a space or ... goes in single quotes',
    )
  }
  return ok({
    negated,
    ...(before !== false && { dependents: before }),
    ...(after !== false && { needs: after }),
    ...(name !== undefined && { name }),
    cells,
  })
}

/** An axis value as addresses and selectors write it: in single quotes where it would be read otherwise. */
export const quoteValue = (value: string): string =>
  /^[^,\s'*?]+$/.test(value) && !value.includes('...') && !value.endsWith('^')
    ? value
    : `'${value.replaceAll("'", "''")}'`
