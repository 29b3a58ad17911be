import { shortDigest } from '../base/digest.ts'
import { formatAgo, formatCount } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { Reason } from '../runner/events.ts'
import type { RunName, WhyDocument } from '../runner/explain/why-document.ts'
import { longReason } from './reason-text.ts'

export interface WhyStyle {
  readonly columns: number
  /** ms since 1970; for how long ago a run was. */
  readonly nowMs: number
  /** How each argument that changes a value was typed, by its option, in order: places point at them by line. */
  readonly typed: ReadonlyMap<string, readonly string[]>
}

/** `pipeline why`: one line on the stage, then causes, what stayed, what follows. */
export function whyText(why: WhyDocument, style: WhyStyle): string[] {
  const rows: [string, string][] = [
    ...why.reasons.map((reason): [string, string] => [reason.type, reasonRow(reason, style)]),
    ...(why.decidedBy.length > 0 ? [['maybe', maybeRow(why.decidedBy)] as [string, string]] : []),
    ...(why.items === undefined ? [] : [['items', itemsRow(why)] as [string, string]]),
    ...(why.same.length === 0 ? [] : [['same', why.same.map(sameText).join(', ')] as [string, string]]),
    ...(why.after.length === 0 ? [] : [['after it', afterRow(why)] as [string, string]]),
    ...notesRows(why.notes),
  ]
  const width = Math.max(0, ...rows.map(([label]) => label.length))
  return [
    headLine(why, style),
    ...rows.flatMap(([label, text]) =>
      wrapped(text, Math.max(40, style.columns - width - 4)).map(
        (part, i) => `  ${(i === 0 ? label : '').padEnd(width)}  ${part}`,
      ),
    ),
  ]
}

/** `sample  sample/cells  51d0be77 -> 8c40a3e1  against run 2a90, 2 days ago`. */
function headLine({ address, kind, state, run, key, against, since }: WhyDocument, { nowMs }: WhyStyle): string {
  const now = key === undefined ? undefined : shortDigest(key)
  const isOpen = state === 'maybe' || state === 'blocked'
  const before = against === undefined || against.key === key ? '' : `${shortDigest(against.key)} -> `
  const keys = now === undefined && !isOpen ? '' : now === undefined && before === '' ? '' : `${before}${now ?? '?'}`
  const named = (name: RunName): string => `run ${name.run}${agoText(name, nowMs)}`
  const made = since === undefined ? '' : state === 'fresh' ? ` since ${named(since)}` : `, made by ${named(since)}`
  const shown =
    run === undefined
      ? SAID_BY_KEYS.has(state) && against !== undefined
        ? ''
        : (SHOWN[state] ?? state)
      : `${state} in ${named(run)}`
  const whom = against?.address === undefined ? '' : `${sanitize(against.address)} of `
  return [
    sanitize(address),
    kind,
    keys,
    `${shown}${made}`,
    ...(against === undefined || (state === 'fresh' && run === undefined) ? [] : [`against ${whom}${named(against)}`]),
  ]
    .filter((part) => part !== '')
    .join('  ')
}

/** Two keys say already that it would run. */
const SAID_BY_KEYS: ReadonlySet<string> = new Set(['run', 'maybe'])

const SHOWN: Readonly<Partial<Record<WhyDocument['state'], string>>> = {
  run: 'to run',
  maybe: 'may run',
  done: 'evaluated with the plan',
}

const agoText = ({ started }: RunName, nowMs: number): string =>
  started === undefined ? '' : `, ${formatAgo(nowMs - Date.parse(started))}`

function reasonRow(reason: Reason, { typed }: WhyStyle): string {
  const at = reason.type === 'spec-field-changed' ? reason.at : undefined
  return [longReason(reason), ...(at === undefined ? [] : [placeText(at, typed)])].join('  ')
}

/** `pipelines/demo.yaml:6:66`, or the argument as it was typed. */
function placeText(at: string, typed: WhyStyle['typed']): string {
  const [, option, line] = /^(--[a-z-]+):(\d+):\d+$/.exec(at) ?? []
  return sanitize(typed.get(option)?.at(Number(line) - 1) ?? at)
}

const maybeRow = (decidedBy: readonly string[]): string =>
  `runs unless ${decidedBy.map(sanitize).join(', ')} ${decidedBy.length === 1 ? 'gives' : 'give'} the same output`

function itemsRow({ items, state, run }: WhyDocument): string {
  const { total, stale } = items!
  if (run !== undefined) return `${formatCount(stale)} of ${formatCount(total)} were computed`
  if (state === 'maybe') return `${formatCount(stale)} of ${formatCount(total)} at least must be computed`
  return stale === 0
    ? `${formatCount(total)}, all there`
    : `${formatCount(stale)} of ${formatCount(total)} must be computed`
}

const sameText = ({ name, value, digest }: WhyDocument['same'][number]): string =>
  `${sanitize(name)} ${value === null ? 'none' : sanitize(digest ? shortDigest(String(value)) : String(value))}`

function afterRow({ after, state, run }: WhyDocument): string {
  const names = after.map(({ stage, count }) => (count === 1 ? stage : `${stage} ${formatCount(count)}`)).join(', ')
  const follows = run === undefined && state !== 'fresh' && state !== 'cached'
  return `${names} ${follows ? 'may follow' : after.length === 1 && after[0].count === 1 ? 'rests on it' : 'rest on it'}`
}

/** Kept files that changed, three of each kind by name. */
function notesRows(notes: readonly Reason[]): [string, string][] {
  return (['output-missing', 'output-modified'] as const).flatMap((type): [string, string][] => {
    const files = notes.flatMap((note) => (note.type === type ? [sanitize(note.artifact)] : []))
    if (files.length === 0) return []
    const [verb, plural] = type === 'output-missing' ? ['was deleted', 'were deleted'] : ['was edited', 'were edited']
    const more = files.length > 3 ? `, and ${formatCount(files.length - 3)} more` : ''
    const what = `${files.slice(0, 3).join(', ')}${more} ${files.length === 1 ? verb : plural} after the run`
    return [[type, `${what}; the next run writes ${files.length === 1 ? 'it' : 'them'} again`]]
  })
}

/** Lists broken after a comma; other text stays on one line. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const part of text.split(/(?<=, )/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + part.trimEnd().length <= width) lines[lines.length - 1] = last + part
    else lines.push(part)
  }
  return lines.map((line) => line.trimEnd())
}
