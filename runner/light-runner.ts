import type { Cache } from '../cache/cache.ts'
import type { FromHost } from './host/protocol.ts'
import type { TaskMessage, TaskOutcome, TaskRunner, UnnumberedStageTask } from './task-runner.ts'

/** Runs tasks in this process, for kinds whose work is so small that a child would cost more. */
export class LightRunner implements TaskRunner {
  readonly #cache: Cache

  constructor(cache: Cache) {
    this.#cache = cache
  }

  async run(
    task: UnnumberedStageTask,
    listen: (message: TaskMessage) => void,
    signal: AbortSignal,
  ): Promise<TaskOutcome> {
    if (signal.aborted) return { type: 'cancelled' }
    const { performStage } = await import('./host/perform.ts')
    const before = process.cpuUsage()
    const usage = () => {
      const { user, system } = process.cpuUsage(before)
      return { cpuMs: (user + system) / 1000, rssBytes: 0 } // its memory is the runner's
    }
    const send = (message: FromHost): void => listen(message as TaskMessage)
    return (await performStage(task, { cache: this.#cache, signal, send, usage })) as TaskOutcome
  }
}
