import { formatMoment } from '../base/moment.ts'
import { sanitize } from '../base/sanitize.ts'
import type { PlannedStage, PlanWord, RunEvent } from '../runner/events.ts'
import type { RunInProgress, SpecStatus } from '../runner/explain/status.ts'
import { glyphOf, type Look, paint, PLAN_MARKS, type ShownState, STATES, spinnerAt } from './look.ts'
import { reasonText } from './reason-text.ts'
import { progressText } from './row-text.ts'
import { INITIAL_STATE, reduce, type Row } from './state.ts'
import { padEnd } from './width.ts'

/** One stage with its variants together. */
export interface StatusRow {
  readonly stage: string
  readonly state: PlanWord | ShownState
  readonly part: string
  readonly note: string
}

/** `✓ pca    done     3/3  run 7f3c, 14:03`: a heading, then a row for each stage in the order of the spec. */
export function statusTable(rows: readonly StatusRow[], look: Look): string[] {
  const width = (pick: (row: StatusRow) => string, heading: string): number =>
    Math.max(heading.length, ...rows.map((row) => pick(row).length))
  const [stage, state, part] = [
    width((row) => row.stage, 'STAGE'),
    width((row) => row.state, 'STATE'),
    width((row) => row.part, 'N/M'),
  ]
  const line = (glyph: string, row: { stage: string; state: string; part: string; note: string }): string =>
    `${glyph} ${padEnd(row.stage, stage)}  ${padEnd(row.state, state)}  ${padEnd(row.part, part)}  ${row.note}`.trimEnd()
  return [
    line(' ', { stage: 'STAGE', state: 'STATE', part: 'N/M', note: 'NOTE' }),
    ...rows.map((row) => {
      const mark = row.state in STATES ? STATES[row.state as ShownState] : PLAN_MARKS[row.state as PlanWord]
      const glyph = row.state === 'running' ? spinnerAt(SPINNER_MS, look) : glyphOf(mark, look)
      return line(paint(glyph, mark.colour, look), row)
    }),
  ]
}

/** Which frame of the spinner a table shows. */
const SPINNER_MS = 200

/** The rows of a status: states of the run in progress once it has planned, else words of the plan. */
export function statusRows({ stages, since, running }: SpecStatus, now: Date): StatusRow[] {
  const live = running === undefined ? undefined : runningRows(running)
  return live !== undefined && live.length > 0
    ? live
    : grouped(stages, ({ stage }) => stage).map((group) => plannedRow(group, since, now))
}

/** The most pressing word first. */
const WORDS: readonly PlanWord[] = ['blocked', 'run', 'maybe', 'cached', 'done', 'fresh']

function plannedRow(group: readonly PlannedStage[], since: SpecStatus['since'], now: Date): StatusRow {
  const word = WORDS.find((each) => group.some(({ plan }) => plan === each))!
  const first = group.find(({ plan }) => plan === word)!
  const ready = group.filter(({ plan }) => plan === 'fresh' || plan === 'cached' || plan === 'done').length
  const made = word === 'fresh' ? since.get(first.address) : undefined
  const at = made?.started === undefined ? '' : `, ${formatMoment(new Date(made.started), now)}`
  const reason = first.reasons.at(0)
  return {
    stage: first.stage,
    state: word,
    part: `${ready}/${group.length}`,
    note: made !== undefined ? `run ${made.run}${at}` : reason === undefined ? '' : reasonText(reason),
  }
}

function runningRows({ run, pid, events }: RunInProgress): StatusRow[] {
  const state = events.reduce(reduce, INITIAL_STATE)
  const ended = new Map<string, RunEvent>()
  for (const event of events)
    if (event.type === 'stage.end') ended.set(`${event.stage}\0${JSON.stringify(event.variant)}`, event)
  const startedMs = Date.parse(state.startedAt)
  return grouped(state.rows, ({ planned }) => planned.stage).map((group): StatusRow => {
    const word = fanOutState(group)
    const done = group.filter(({ end }) => end !== undefined).length
    const last = Math.max(
      ...group.map(({ planned: { stage, variant } }) => ended.get(`${stage}\0${JSON.stringify(variant)}`)?.t ?? 0),
    )
    const progress = group.length === 1 && word === 'running' ? progressText(group[0]) : ''
    const when =
      word === 'running'
        ? `run ${run}, pid ${pid}`
        : done === group.length
          ? `run ${run}, ${clock(startedMs + last)}`
          : `run ${run}`
    return {
      stage: group[0].planned.stage,
      state: word,
      part: progress === '' ? `${done}/${group.length}` : progress,
      note: [when, ...failures(group), ...skips(group)].join('  '),
    }
  })
}

/** Running if a part runs, else waiting if one waits, else failed if one failed, else what most parts are. */
function fanOutState(group: readonly Row[]): ShownState {
  const counts = new Map<ShownState, number>()
  for (const { state } of group) counts.set(state, (counts.get(state) ?? 0) + 1)
  for (const state of ['running', 'waiting', 'failed'] as const) if (counts.has(state)) return state
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0]
}

/** `1 failed: variance=0.85,lr=3e-3 E612`. */
function failures(group: readonly Row[]): string[] {
  const failed = group.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return []
  const [{ planned, end }] = failed
  const variant = planned.address.slice(planned.stage.length + 1)
  const first = [...(variant === '' ? [] : [sanitize(variant)]), end?.diagnostic?.code ?? ''].join(' ')
  return [`${failed.length} failed: ${first}${failed.length > 1 ? ', ...' : ''}`]
}

function skips(group: readonly Row[]): string[] {
  const skipped = group.filter(({ state }) => state === 'skipped').length
  return skipped === 0 ? [] : [`${skipped} skipped`]
}

const clock = (ms: number): string => {
  const at = new Date(ms)
  return [at.getHours(), at.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':')
}

function grouped<T>(rows: readonly T[], name: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(name(row))
    if (group === undefined) groups.set(name(row), [row])
    else group.push(row)
  }
  return [...groups.values()]
}
