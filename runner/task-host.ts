import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { unreachable } from '../base/unreachable.ts'
import { KEEP_FREED_MEMORY } from './host/allocator.ts'
import type { FromHost, Task } from './host/protocol.ts'
import type { TaskMessage, TaskOutcome, TaskRunner, Unnumbered } from './task-runner.ts'

/** How long a cancelled task may take to stop by itself before its host is killed; its published items stay. */
const CANCEL_GRACE_MS = 1200

/** A host that grew beyond this is replaced after its task: what a large network leaves behind must not add to the next one's. */
const MAX_KEPT_RSS_BYTES = 1e9

/** A child process that computes, one task at a time; started when first needed, replaced when lost. */
export class TaskHost implements TaskRunner {
  #child: ChildProcess | undefined
  #nextId = 1
  /** Where lines go that native libraries write by themselves. */
  #onStray: (text: string) => void = () => {}

  /** Runs a task to its end. Stray output of native libraries arrives as log messages. Never rejects for what a task does. */
  run(task: Unnumbered<Task>, listen: (message: TaskMessage) => void, signal: AbortSignal): Promise<TaskOutcome> {
    if (signal.aborted) return Promise.resolve({ type: 'cancelled' })
    const child = this.#start()
    return new Promise((resolve) => {
      let killTimer: NodeJS.Timeout | undefined
      this.#onStray = (text) => listen({ type: 'log', level: 'info', text })
      const finish = (outcome: TaskOutcome): void => {
        clearTimeout(killTimer)
        child.off('message', onMessage).off('exit', onExit)
        signal.removeEventListener('abort', onAbort)
        this.#onStray = () => {}
        if ('usage' in outcome && outcome.usage.rssBytes > MAX_KEPT_RSS_BYTES) this.kill()
        resolve(outcome)
      }
      const onMessage = (message: FromHost): void => {
        switch (message.type) {
          case 'ready':
            return
          case 'done':
          case 'failed':
          case 'damaged':
          case 'measured':
          case 'cancelled':
            return finish(message)
          case 'progress':
          case 'metric':
          case 'log':
          case 'warn':
          case 'header':
          case 'item':
          case 'inspected':
            return listen(message)
          default:
            return unreachable(message)
        }
      }
      const onExit = (code: number | null, killed: NodeJS.Signals | null): void => {
        this.#child = undefined
        finish(
          signal.aborted ? { type: 'cancelled' } : { type: 'lost', how: killed ?? `exit code ${code ?? 'unknown'}` },
        )
      }
      const onAbort = (): void => {
        child.send({ type: 'cancel' }, () => {})
        killTimer = setTimeout(() => child.kill('SIGKILL'), CANCEL_GRACE_MS)
      }
      child.on('message', onMessage).on('exit', onExit)
      signal.addEventListener('abort', onAbort, { once: true })
      child.send({ ...task, id: this.#nextId++ }, () => {})
    })
  }

  /** Ends the child at once, whatever it does. */
  kill(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  #start(): ChildProcess {
    if (this.#child !== undefined) return this.#child
    const child = fork(new URL('./host/main.js', import.meta.url), {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--max-old-space-size=4096'],
      env: { ...process.env, ...KEEP_FREED_MEMORY },
    })
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream! }).on('line', (text) => this.#onStray(text))
    this.#child = child
    return child
  }
}
