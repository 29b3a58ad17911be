import type { Cache } from '../cache/cache.ts'
import type { FromHost, TaskUsage } from './host/protocol.ts'
import type { TaskMessage, TaskOutcome, TaskRunner, UnnumberedStageTask } from './task-runner.ts'

/** Runs tasks in this process, for kinds whose work is so small that a child would cost more. */
export class LightRunner implements TaskRunner {
  readonly #cache: Cache
  readonly #startUsage: () => () => TaskUsage

  /** `startUsage` begins to measure what of this process a task uses. */
  constructor(cache: Cache, startUsage: () => () => TaskUsage = startCpuTime) {
    this.#cache = cache
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
    return (await performStage(task, { cache: this.#cache, signal, send, usage })) as TaskOutcome
  }
}

function startCpuTime(): () => TaskUsage {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { cpuMs: (user + system) / 1000, rssBytes: 0 } // its memory is the runner's
  }
}
