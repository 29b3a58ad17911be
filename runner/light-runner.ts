import type { FromHost, TaskUsage } from './host/protocol.ts'
import type { TaskStore } from './host/task-store.ts'
import type { TaskMessage, TaskOutcome, TaskRunner, UnnumberedStageTask } from './task-runner.ts'

/** Asking how much CPU time went by takes as long as a small stage, so it is not asked more often than this. */
const CPU_GRAIN_MS = 5

/** Runs tasks in this process, for kinds whose work is so small that a child would cost more. */
export class LightRunner implements TaskRunner {
  readonly #store: TaskStore
  readonly #startUsage: () => () => TaskUsage

  /** `startUsage` begins to measure what of this process a task uses. */
  constructor(store: TaskStore, startUsage: () => () => TaskUsage = cpuTimer()) {
    this.#store = store
    this.#startUsage = startUsage
  }

  async run(
    task: UnnumberedStageTask,
    listen: (message: TaskMessage) => void,
    signal: AbortSignal,
  ): Promise<TaskOutcome> {
    if (signal.aborted) return { type: 'cancelled' }
    const { performStage } = await import('./host/perform.ts')
    const usage = this.#startUsage()
    const send = (message: FromHost): void => listen(message as TaskMessage)
    return (await performStage(task, { cache: this.#store, signal, send, usage })) as TaskOutcome
  }
}

/** Measures CPU time of this process; its memory is the runner's. */
function cpuTimer(): () => () => TaskUsage {
  let asked = { atMs: -Infinity, cpuMs: 0 }
  const cpuMs = (): number => {
    const now = performance.now()
    if (now - asked.atMs >= CPU_GRAIN_MS) {
      const { user, system } = process.cpuUsage()
      asked = { atMs: now, cpuMs: (user + system) / 1000 }
    }
    return asked.cpuMs
  }
  return () => {
    const before = cpuMs()
    return () => ({ cpuMs: cpuMs() - before, rssBytes: 0 })
  }
}
