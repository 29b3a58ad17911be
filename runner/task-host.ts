import { unreachable } from '../base/unreachable.ts'
import { HostProcess } from './host-process.ts'
import type { FromHost, Task } from './host/protocol.ts'
import { taskMemory } from './machine.ts'
import type { TaskMessage, TaskOutcome, TaskRunner, Unnumbered } from './task-runner.ts'

/** How long a cancelled task may take to stop by itself before its host is killed; its published items stay. */
const CANCEL_GRACE_MS = 1200

/** A host that grew beyond this is replaced after its task: what a large network leaves behind must not add to the next one's. */
const MAX_KEPT_RSS_BYTES = 1e9

/** What V8 writes when its heap is full, before it aborts. */
const HEAP_FULL = /heap out of memory/

/** A child process that computes, one task at a time; started when first needed, watched, replaced when lost. */
export class TaskHost implements TaskRunner {
  #process: HostProcess | undefined
  #nextId = 1
  #last: Promise<unknown> = Promise.resolve()

  /** Runs a task to its end, after those asked for before. Stray output of native libraries arrives as log messages. */
  run(task: Unnumbered<Task>, listen: (message: TaskMessage) => void, signal: AbortSignal): Promise<TaskOutcome> {
    const outcome = this.#last.then(() => this.#run(task, listen, signal))
    this.#last = outcome.catch(() => {})
    return outcome
  }

  /** Starts the child, for a task that is likely to come: its start takes as long as planning many images. */
  warmUp(): void {
    if (this.#process === undefined || this.#process.hasEnded) this.#process = new HostProcess()
  }

  /** Ends the child at once, whatever it does. */
  kill(): void {
    this.#process?.kill()
    this.#process = undefined
  }

  #run(task: Unnumbered<Task>, listen: (message: TaskMessage) => void, signal: AbortSignal): Promise<TaskOutcome> {
    if (signal.aborted) return Promise.resolve({ type: 'cancelled' })
    this.warmUp()
    const host = this.#process!
    const limitBytes = ('memBytes' in task ? task.memBytes : undefined) ?? taskMemory()
    return new Promise((resolve) => {
      let killTimer: NodeJS.Timeout | undefined
      let peakBytes = host.rssBytes
      let why: 'memory' | 'heap' | 'silence' | undefined
      const finish = (outcome: TaskOutcome): void => {
        clearTimeout(killTimer)
        host.listen(undefined)
        signal.removeEventListener('abort', onAbort)
        if ('usage' in outcome && outcome.usage.rssBytes > MAX_KEPT_RSS_BYTES) this.kill()
        resolve(outcome)
      }
      const giveUp = (reason: 'memory' | 'silence'): void => {
        why ??= reason
        host.kill()
      }
      const onAbort = (): void => {
        host.send({ type: 'cancel' })
        killTimer = setTimeout(() => host.kill(), CANCEL_GRACE_MS)
      }
      host.listen({
        message: (message) => {
          if (isEnd(message)) finish(message)
          else if (message.type !== 'ready') listen(message)
        },
        stray: (text) => {
          if (HEAP_FULL.test(text)) why ??= 'heap'
          listen({ type: 'log', level: 'info', text })
        },
        beat: (beat) => {
          peakBytes = Math.max(peakBytes, beat.peakBytes)
          if (beat.rssBytes > limitBytes) giveUp('memory')
        },
        silent: () => giveUp('silence'),
        ended: (how) => {
          if (this.#process === host) this.#process = undefined
          finish(
            signal.aborted
              ? { type: 'cancelled' }
              : { type: 'lost', how, ...(why && { why }), limitBytes, usage: { cpuMs: 0, rssBytes: peakBytes } },
          )
        },
      })
      signal.addEventListener('abort', onAbort, { once: true })
      host.send({ ...task, id: this.#nextId++ })
    })
  }
}

function isEnd(message: FromHost): message is Extract<FromHost, { type: Exclude<TaskOutcome['type'], 'lost'> }> {
  switch (message.type) {
    case 'done':
    case 'failed':
    case 'damaged':
    case 'measured':
    case 'cancelled':
      return true
    case 'ready':
    case 'progress':
    case 'metric':
    case 'log':
    case 'warn':
    case 'header':
    case 'item':
    case 'inspected':
      return false
    default:
      return unreachable(message)
  }
}
