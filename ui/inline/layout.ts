import { cutEnd, cutMiddle, padEnd, padStart } from '../width.ts'
import { type Look, paint, type ShownState, STATES } from '../look.ts'

/** Widths of the columns of a line; 0: dropped. Bar, count and time go first, glyph, name and state word stay. */
export interface Layout {
  readonly name: number
  readonly bar: number
  readonly detail: number
  readonly time: number
}

const GLYPH = 2
const STATE = 9
const TIME = 9
const BAR = 8
const DETAIL = 23
const DETAIL_WITHOUT_BAR = 14
const MOST_DETAIL = 44
/** Free columns right of a line, where there is room. */
const MARGIN = 4
const LEAST_NAME = 16

/** Columns for a terminal of `columns`, where the longest address takes `longest`. */
export function layoutFor(columns: number, longest: number): Layout {
  const wanted = Math.min(longest + 2, LEAST_NAME)
  const fixed = GLYPH + STATE
  const steps = [
    { bar: BAR, detail: DETAIL, time: TIME },
    { bar: 0, detail: DETAIL_WITHOUT_BAR, time: TIME },
    { bar: 0, detail: 0, time: TIME },
    { bar: 0, detail: 0, time: 0 },
  ]
  for (const { bar, detail, time } of steps) {
    const used = fixed + detail + time
    const room = columns - used - (columns >= used + MARGIN + longest + 2 ? MARGIN : 1)
    if (room < wanted && time > 0) continue
    const name = Math.max(1, Math.min(longest + 6, room))
    const spare = bar === 0 ? 0 : Math.max(0, room - name)
    return { name, bar, detail: Math.min(MOST_DETAIL, detail + spare), time }
  }
  return { name: Math.max(1, columns - fixed - 1), bar: 0, detail: 0, time: 0 }
}

/** `✓ sample                           done     2,880 images               41.8s`, never wider than its layout. */
export function rowLine(
  {
    glyph,
    name,
    state,
    detail,
    time,
  }: { glyph: string; name: string; state: ShownState; detail: string; time: string },
  layout: Layout,
  look: Look,
): string {
  const ellipsis = look.ascii ? '~' : '…'
  const { colour } = STATES[state]
  return [
    `${paint(glyph, colour, look)} `,
    padEnd(cutMiddle(name, layout.name - 1, ellipsis), layout.name),
    paint(padEnd(state, STATE), colour, look),
    layout.detail === 0 ? '' : padEnd(cutEnd(detail, layout.detail - 1, ellipsis), layout.detail),
    layout.time === 0 ? '' : padStart(time, layout.time),
  ]
    .join('')
    .trimEnd()
}
