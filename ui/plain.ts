import { formatClock } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { RunEvent } from '../runner/events.ts'
import { closingText } from './closing.ts'
import { addressWidth, isUpToDate } from './counts.ts'
import { diagnosticLine, githubAnnotation } from './diagnostic-line.ts'
import { interruptLine } from './interrupt.ts'
import { paint, STATES } from './look.ts'
import { secondLine } from './opening.ts'
import { paceText, progressText, resultText, wallText } from './row-text.ts'
import type { Output, RunUi } from './run-ui.ts'
import { planningText } from './planning-line.ts'
import { INITIAL_STATE, placeOf, type Row, type RunState, reduce } from './state.ts'
import { auditText, evictionText, lockLine, resourceText, retryText } from './waiting.ts'
import { padEnd } from './width.ts'

const PROGRESS_EVERY_MS = 10_000

export interface PlainOptions {
  /** Print each stage's log as one block when it ends. */
  readonly verbose: boolean
  /** Running under GitHub Actions: log blocks fold, diagnostics annotate. */
  readonly github: boolean
}

/** Permanent lines `CLOCK ADDRESS STATE DETAIL`, for pipes, CI and screen readers; below the first line of a run. */
export function openPlain(output: Output, options: PlainOptions): RunUi {
  const lines = plainLines(output, options)
  let state = INITIAL_STATE
  let unwritten = ''
  /** The lines of one turn of the event loop go out at once. */
  const write = (): void => {
    if (unwritten !== '') output.write(unwritten)
    unwritten = ''
  }
  return {
    event(event) {
      const before = state
      state = reduce(state, event)
      for (const line of lines(event, state, before)) {
        if (unwritten === '') setImmediate(write)
        unwritten += `${line}\n`
      }
    },
    close(outcome) {
      write()
      output.write(closingText(state, outcome, output))
      return Promise.resolve()
    },
  }
}

/** What each event adds to a plain log, given the state after and before it. */
function plainLines(
  { look }: Pick<Output, 'look'>,
  { verbose, github }: PlainOptions,
): (event: RunEvent, state: RunState, before: RunState) => string[] {
  const told = new Map<string, { atMs: number; done: number }>()
  const logs = new Map<string, string[]>()

  /** At most one progress line in ten seconds per subject, and only where something moved. */
  const isDue = (subject: string, sinceMs: number, atMs: number, done: number): boolean => {
    const last = told.get(subject) ?? { atMs: sinceMs, done: 0 }
    if (atMs - last.atMs < PROGRESS_EVERY_MS || done === last.done) return false
    told.set(subject, { atMs, done })
    return true
  }

  const logBlock = ({ planned: { address } }: Row): string[] => {
    const log = logs.get(address) ?? []
    logs.delete(address)
    if (log.length === 0) return []
    return github ? [`::group::log of ${address}`, ...log, '::endgroup::'] : log.map((text) => `       | ${text}`)
  }

  return (event, state, before) => {
    const place = isOfStage(event) ? placeOf(state, event) : undefined
    const row = place === undefined ? undefined : state.rows[place]
    const line = (word: Row['state'], ...details: string[]): string =>
      row === undefined ? '' : plainLine(state, row, word, details, look.color)
    switch (event.type) {
      case 'run.plan':
        return [secondLine(state)]
      case 'plan.progress':
        return isDue('plan', 0, event.t, event.done)
          ? [`${formatClock(event.t).padStart(5)}  ${planningText(event)}`]
          : []
      case 'diagnostic':
        return [
          ...(event.diagnostic.severity === 'error' ? [] : [diagnosticLine(event.diagnostic)]),
          ...(github ? [githubAnnotation(event.diagnostic)] : []),
        ]
      case 'stage.progress': {
        if (row === undefined || !isDue(row.planned.address, row.startedAtMs ?? 0, event.t, event.done)) return []
        return [line('running', progressText(row), paceText(row))]
      }
      case 'stage.log': {
        if (verbose && row !== undefined) {
          const { address } = row.planned
          logs.set(address, [...(logs.get(address) ?? []), sanitize(event.text)])
        }
        return []
      }
      case 'stage.end':
        if (row === undefined || state.ended === before.ended) return []
        if (isUntold(event.state, state) && !logs.has(row.planned.address)) return []
        return [line(event.state, resultText(row), wallText(row)), ...logBlock(row)]
      case 'audit':
        return [auditText(event)]
      case 'cache.evict':
        return [evictionText(event)]
      case 'lock.wait':
        return row === undefined ? [] : [lockLine(row.planned.address, event)]
      case 'resource.wait':
        return [line('waiting', resourceText(event))]
      case 'stage.retry':
        return [line('waiting', retryText(event))]
      case 'run.interrupt':
        return [interruptLine(state)]
      default:
        return []
    }
  }
}

/** Skipped stages are counted in the summary; where nothing was due, one line tells of all. */
const isUntold = (end: string, state: RunState): boolean =>
  end === 'skipped' || (isUpToDate(state) && (end === 'fresh' || end === 'done'))

const isOfStage = (
  event: RunEvent,
): event is Extract<RunEvent, { type: `${'stage' | 'lock' | 'resource'}.${string}` }> =>
  /^(stage|lock|resource)\./.test(event.type)

/** ` 0:10  sample                       running  689/2,880 images  69/s  eta 31.8s`. */
function plainLine(state: RunState, row: Row, word: Row['state'], details: string[], color: boolean): string {
  return [
    formatClock(state.nowMs).padStart(5),
    padEnd(row.planned.address, addressWidth(state)),
    paint(word.padEnd(7), STATES[word].colour, { color, ascii: false }),
    ...details.filter((detail) => detail !== ''),
  ]
    .join('  ')
    .trimEnd()
}
