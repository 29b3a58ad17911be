import { canonicalJson } from '../base/canonical.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Cell, EventBody, PlannedStage, RunEvent, VariantFigures } from '../runner/events.ts'
import type { ShownState } from './look.ts'

type Body<T extends EventBody['type']> = Extract<EventBody, { type: T }>

/** One stage of the plan, as far as it has come. */
export interface Row {
  readonly planned: PlannedStage
  readonly state: ShownState
  readonly startedAtMs?: number
  readonly progress?: Pick<Body<'stage.progress'>, 'done' | 'total' | 'unit' | 'rate' | 'etaMs'>
  /** The newest log lines, oldest first. */
  readonly log: readonly LogLine[]
  readonly logPath?: string
  readonly end?: Body<'stage.end'>
}

interface LogLine {
  /** Since the start of the run. */
  readonly atMs: number
  readonly text: string
}

/** What all screens know of a run: nothing but its events, reduced. */
export interface RunState {
  readonly run: string
  readonly specPath: string
  /** Wall-clock start, ISO 8601. */
  readonly startedAt: string
  /** Since the start of the run; moved by events and by the tick of a screen. */
  readonly nowMs: number
  readonly plan: Body<'run.plan'> | null
  readonly planning: Body<'plan.progress'> | null
  /** In the order of the plan. */
  readonly rows: readonly Row[]
  /** Positions in `rows`, in the order in which they ended. */
  readonly ended: readonly number[]
  readonly diagnostics: readonly NotedDiagnostic[]
  readonly gates: readonly Body<'gate'>[]
  /** Variants of a sweep side by side, in the order of the plan. */
  readonly comparison: readonly VariantFigures[]
  readonly interrupt: Body<'run.interrupt'> | null
  readonly end: Body<'run.end'> | null
  /** Where each stage and variant stands in `rows`. */
  readonly places: ReadonlyMap<string, number>
}

interface NotedDiagnostic {
  readonly diagnostic: Diagnostic
  readonly stage?: string
}

/** Log lines kept for the summary; the file has them all. */
const LOG_TAIL = 20

export const INITIAL_STATE: RunState = {
  run: '',
  specPath: '',
  startedAt: '',
  nowMs: 0,
  plan: null,
  planning: null,
  rows: [],
  ended: [],
  diagnostics: [],
  gates: [],
  comparison: [],
  interrupt: null,
  end: null,
  places: new Map(),
}

/** The state after an event. Pure; unknown stages and event types of later versions change nothing but the clock. */
export function reduce(state: RunState, event: RunEvent): RunState {
  const at = advance({ ...state, run: event.run }, event.t)
  switch (event.type) {
    case 'run.start':
      return { ...at, specPath: event.spec.path, startedAt: event.time }
    case 'run.plan':
      return {
        ...at,
        plan: event,
        planning: null,
        rows: event.stages.map((planned) => ({ planned, state: 'waiting', log: [] })),
        places: new Map(event.stages.map(({ stage, variant }, place) => [placeKey(stage, variant), place])),
      }
    case 'plan.progress':
      return { ...at, planning: event }
    case 'diagnostic':
      return { ...at, diagnostics: [...at.diagnostics, noted(event)] }
    case 'stage.start':
      return changeRow(at, event, (row) => ({ ...row, state: 'running', startedAtMs: event.t, logPath: event.log }))
    case 'stage.progress':
      return changeRow(at, event, (row) => ({ ...row, progress: event }))
    case 'stage.log':
      return changeRow(at, event, (row) => ({
        ...row,
        log: [...row.log, { atMs: event.t, text: event.text }].slice(-LOG_TAIL),
      }))
    case 'stage.retry':
      return changeRow(at, event, (row) => ({ ...row, state: 'waiting' }))
    case 'stage.end':
      return endRow(at, event)
    case 'gate':
      return { ...at, gates: [...at.gates, event] }
    case 'comparison':
      return { ...at, comparison: [...at.comparison, event] }
    case 'run.interrupt':
      return { ...at, interrupt: event }
    case 'run.end':
      return { ...at, end: event, planning: null }
    case 'stage.queued':
    case 'lock.wait':
    case 'lock.got':
    case 'resource.wait':
    case 'stage.metric':
    case 'stage.artifact':
    case 'cache.corrupt':
    case 'cache.evict':
    case 'audit':
      return at
    default:
      return ignore(event, at)
  }
}

/** Moves the clock; time never runs backwards. */
export const advance = (state: RunState, nowMs: number): RunState => (nowMs > state.nowMs ? { ...state, nowMs } : state)

export const placeOf = (state: RunState, { stage, variant }: { stage: string; variant: Cell }): number | undefined =>
  state.places.get(placeKey(stage, variant))

const placeKey = (stage: string, variant: Cell): string => `${stage}\0${canonicalJson(variant)}`

function changeRow(state: RunState, event: { stage: string; variant: Cell }, change: (row: Row) => Row): RunState {
  const place = placeOf(state, event)
  return place === undefined ? state : { ...state, rows: state.rows.with(place, change(state.rows[place])) }
}

function endRow(state: RunState, event: Body<'stage.end'>): RunState {
  const place = placeOf(state, event)
  if (place === undefined || state.rows[place].end !== undefined) return state
  const rows = state.rows.with(place, { ...state.rows[place], state: event.state, end: event })
  return { ...state, rows, ended: [...state.ended, place] }
}

function noted(event: Body<'diagnostic'>): NotedDiagnostic {
  return { diagnostic: event.diagnostic, ...(event.stage === undefined ? {} : { stage: event.stage }) }
}

/** Readers must ignore unknown types; the compiler still lists this place when the union grows. */
const ignore = (_event: never, state: RunState): RunState => state
