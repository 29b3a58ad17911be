import { err, ok, type Result } from '../../base/result.ts'

/** Where file names hold their facts: `zoom_{zoom}_{time}`. */
export interface NamePattern {
  readonly names: readonly string[]
  /** The values in a base name without extension; undefined where it does not fit. */
  match(stem: string): Readonly<Record<string, string>> | undefined
}

interface Slot {
  readonly name: string
  /** Literal text behind the slot. */
  readonly literal: string
}

/**
 * Literal text, and `{name}` for the shortest run of at least one character up to the next literal text; the last one
 * takes all that is left. Nothing is tried twice, so a long name costs no more than its length. The error says what is
 * wrong with the pattern.
 */
export function parseNamePattern(text: string): Result<NamePattern, string> {
  const [head, ...parts] = text.split('{')
  if (head.includes('}')) return err('has a } without its {')
  const slots: Slot[] = []
  for (const part of parts) {
    const pieces = part.split('}')
    if (pieces.length < 2) return err('has a { without its }')
    if (pieces.length > 2) return err('has a } without its {')
    const [name, literal] = pieces
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return err(`has {${name}}, and a name is letters, digits, _ and -`)
    if (slots.some((slot) => slot.name === name)) return err(`has {${name}} twice`)
    slots.push({ name, literal })
  }
  if (slots.length === 0) return err('has no {name}')
  const closed = slots.findIndex(({ literal }, i) => literal === '' && i < slots.length - 1)
  if (closed >= 0) return err(`has nothing between {${slots[closed].name}} and {${slots[closed + 1].name}}`)
  return ok({ names: slots.map(({ name }) => name), match: (stem) => matchStem(stem, head, slots) })
}

function matchStem(stem: string, head: string, slots: readonly Slot[]): Record<string, string> | undefined {
  if (!stem.startsWith(head)) return undefined
  const values: Record<string, string> = {}
  let start = head.length
  for (const [i, { name, literal }] of slots.entries()) {
    const last = i === slots.length - 1
    const end = last ? stem.length - literal.length : stem.indexOf(literal, start + 1)
    if (end <= start || (last && !stem.endsWith(literal))) return undefined
    values[name] = stem.slice(start, end)
    start = end + literal.length
  }
  return values
}
