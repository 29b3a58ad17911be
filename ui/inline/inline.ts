import { sanitize } from '../../base/sanitize.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { Cell } from '../../runner/events.ts'
import { closingText } from '../closing.ts'
import { isUpToDate } from '../counts.ts'
import { diagnosticLine } from '../diagnostic-line.ts'
import { interruptLine } from '../interrupt.ts'
import { secondLine } from '../opening.ts'
import type { Output, RunUi } from '../run-ui.ts'
import { advance, INITIAL_STATE, type RunState, reduce } from '../state.ts'
import { auditText, evictionText, lockLine, retryText } from '../waiting.ts'
import type { Window } from './ink.ts'
import { type Keyboard, listenToKeys } from './keys.ts'
import { permanentLine, permanentSince } from './permanent.ts'
import { PlanningLine } from '../planning-line.ts'
import { restoreTerminal, Screen, type Terminal, terminalRows } from './screen.ts'
import { view } from './view.ts'

const MOUNT_AFTER_MS = 300
const TICK_MS = 100

export interface InlineOptions {
  readonly terminal: Terminal
  /** Absent without a terminal on stdin: then no key is read. */
  readonly keyboard?: Keyboard
  /** Ctrl-C, as a byte. */
  readonly onInterrupt: () => void
  /** Stream log lines, with their stage in front. */
  readonly verbose: boolean
}

/** Finished stages as permanent lines, and a window below them that moves; below the first line of a run. */
export function openInline(output: Output, { terminal, keyboard, onInterrupt, verbose }: InlineOptions): RunUi {
  const { look } = output
  const permanent: string[] = []
  const planning = new PlanningLine((text) => output.write(text))
  let state = INITIAL_STATE
  let told = 0
  let startedAt = 0
  let mounting: Promise<void> | undefined
  let mounted: { window: Window; screen: Screen; leave: () => void } | undefined

  const isOver = (): boolean => state.end !== null

  const print = (line: string): void => {
    if (mounted === undefined) {
      planning.clear()
      output.write(`${line}\n`)
    } else permanent.push(line === '' ? ' ' : line)
  }

  const printEnded = (): void => {
    const due = isUpToDate(state) ? [] : permanentSince(state, told)
    told = state.ended.length
    for (const entry of due) print(permanentLine(entry, state, output.columns(), look))
  }

  const draw = (): void => {
    if (mounted === undefined) return
    state = advance(state, performance.now() - startedAt)
    mounted.window.draw(permanent, view(state, output.columns(), terminalRows(terminal), look))
  }

  const mount = async (): Promise<void> => {
    await afterMs(MOUNT_AFTER_MS)
    if (isOver()) return
    const [screen, window] = await loadWindow(terminal)
    if (isOver()) {
      closeWindow(window, screen)
      return
    }
    const tick = setInterval(draw, TICK_MS)
    terminal.on('resize', draw)
    const releaseKeys =
      keyboard === undefined ? () => {} : holdKeys(keyboard, { window, screen, terminal, onInterrupt })
    const restore = (): void => restoreTerminal(terminal)
    process.once('exit', restore)
    const leave = (): void => {
      clearInterval(tick)
      terminal.off('resize', draw)
      releaseKeys()
      closeWindow(window, screen)
      restore()
      process.off('exit', restore)
    }
    mounted = { window, screen, leave }
    draw()
  }

  return {
    event(event) {
      state = reduce(state, event)
      switch (event.type) {
        case 'run.start':
          startedAt = performance.now() - event.t
          return
        case 'run.plan':
          print(secondLine(state))
          return
        case 'plan.progress':
          planning.show(event, state.nowMs)
          return
        case 'diagnostic':
          if (event.diagnostic.severity !== 'error') print(diagnosticLine(event.diagnostic))
          return
        case 'stage.start':
          mounting ??= mount()
          return
        case 'stage.log':
          if (verbose) print(`${addressOf(state, event)} | ${sanitize(event.text)}`)
          return
        case 'stage.end':
          printEnded()
          return
        case 'run.interrupt':
          if (mounted === undefined) print(interruptLine(state))
          draw()
          return
        case 'lock.wait':
          print(lockLine(addressOf(state, event), event))
          return
        case 'stage.retry':
          print(`${addressOf(state, event)}  ${retryText(event)}`)
          return
        case 'audit':
          print(auditText(event))
          return
        case 'cache.evict':
          print(evictionText(event))
          return
        case 'stage.queued':
        case 'lock.got':
        case 'resource.wait':
        case 'stage.progress':
        case 'stage.metric':
        case 'stage.artifact':
        case 'cache.corrupt':
        case 'gate':
        case 'comparison':
        case 'run.end':
          return
        default:
          return unreachable(event)
      }
    },
    close(outcome) {
      planning.clear()
      mounted?.window.draw(permanent, [])
      mounted?.leave()
      const gap = mounted === undefined ? '\n' : ''
      mounted = undefined
      output.write(closingText(state, outcome, output, gap))
      return Promise.resolve()
    },
  }
}

const addressOf = (state: RunState, { stage, variant }: { stage: string; variant: Cell }): string =>
  state.rows.find(({ planned }) => planned.stage === stage && planned.variant === variant)?.planned.address ?? stage

const afterMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

/** ink and React take most of a second on two cores, so they come when something has run for a while. */
async function loadWindow(terminal: Terminal): Promise<[Screen, Window]> {
  process.env.NODE_ENV ??= 'production' // React's development build records performance entries without bound
  process.env.CI = 'false' // this is a terminal, whatever ink would guess from variables
  delete process.env.DEV // else ink looks for developer tools
  const { openWindow } = await import('./ink.ts')
  const screen = new Screen(terminal)
  return [screen, openWindow(screen)]
}

function closeWindow(window: Window, screen: Screen): void {
  window.close()
  screen.close()
}

/** Raw mode until released; Ctrl-Z gives the terminal back and takes it again on `fg`. */
function holdKeys(
  keyboard: Keyboard,
  {
    window,
    screen,
    terminal,
    onInterrupt,
  }: { window: Window; screen: Screen; terminal: Terminal; onInterrupt: () => void },
): () => void {
  let release = listenToKeys(keyboard, { onInterrupt, onSuspend })
  function onSuspend(): void {
    window.clear()
    screen.flush()
    release()
    restoreTerminal(terminal)
    process.once('SIGCONT', () => {
      release = listenToKeys(keyboard, { onInterrupt, onSuspend })
    })
    process.kill(process.pid, 'SIGTSTP')
  }
  return () => release()
}
