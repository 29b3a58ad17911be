import type { EndState, PlanWord } from '../runner/events.ts'

export type ShownState = EndState | 'running' | 'waiting'
export type Colour = 'green' | 'cyan' | 'yellow' | 'red' | 'dim'

interface Mark {
  readonly glyph: string
  readonly ascii: string
  readonly colour: Colour
}

/** How each state looks: the one table behind lists, lines, screens and help. Colour never carries meaning alone. */
export const STATES: Readonly<Record<ShownState, Mark>> = {
  fresh: { glyph: '=', ascii: '=', colour: 'green' },
  cached: { glyph: '»', ascii: '>', colour: 'cyan' },
  done: { glyph: '✓', ascii: '+', colour: 'green' },
  'cut-off': { glyph: '~', ascii: '~', colour: 'cyan' },
  running: { glyph: '⠋', ascii: '*', colour: 'yellow' },
  waiting: { glyph: '·', ascii: '.', colour: 'dim' },
  skipped: { glyph: '⊘', ascii: 'o', colour: 'dim' },
  failed: { glyph: '✗', ascii: 'x', colour: 'red' },
}

/** Words that only a plan uses; the others look like the state of that name. */
export const PLAN_MARKS: Readonly<Record<PlanWord, Mark>> = {
  fresh: STATES.fresh,
  cached: STATES.cached,
  done: STATES.done,
  run: { glyph: '*', ascii: '*', colour: 'yellow' },
  maybe: { glyph: '?', ascii: '?', colour: 'yellow' },
  blocked: STATES.failed,
  skipped: STATES.skipped,
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const ASCII_SPINNER = ['|', '/', '-', '\\']
const SPINNER_FRAME_MS = 100

/** What a stream can show. */
export interface Look {
  readonly color: boolean
  readonly ascii: boolean
}

export const PLAIN_LOOK: Look = { color: false, ascii: false }

export const glyphOf = (mark: Mark, { ascii }: Look): string => (ascii ? mark.ascii : mark.glyph)

/** The frame of the spinner at a time of the run. */
export function spinnerAt(ms: number, { ascii }: Look): string {
  const frames = ascii ? ASCII_SPINNER : SPINNER
  return frames[Math.floor(ms / SPINNER_FRAME_MS) % frames.length]
}

const SGR: Readonly<Record<Colour | 'bold', readonly [number, number]>> = {
  green: [32, 39],
  cyan: [36, 39],
  yellow: [33, 39],
  red: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
}

export function paint(text: string, colour: Colour | 'bold', { color }: Look): string {
  const [on, off] = SGR[colour]
  return color && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text
}

/** `████░░░░`: `share` of 0 .. 1 in a bar of `width` columns. */
export function bar(share: number, width: number, { ascii }: Look): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return (ascii ? '#' : '█').repeat(full) + (ascii ? '.' : '░').repeat(width - full)
}

export const rule = (columns: number, { ascii }: Look): string => (ascii ? '-' : '─').repeat(columns)
