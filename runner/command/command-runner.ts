import PQueue from 'p-queue'
import type { Cache } from '../../cache/cache.ts'
import type { TaskStore } from '../host/task-store.ts'
import { LightRunner } from '../light-runner.ts'
import { TaskHost } from '../task-host.ts'
import { FolderRemover } from './folder-remover.ts'
import type { TaskMessage, TaskOutcome, TaskRunner, UnnumberedStageTask } from '../task-runner.ts'

/**
 * Runs commands: the program is a process of its own, so laying out its files and watching it is done here. Where items
 * are among its inputs, a task host does it, since pixels have to be rendered.
 */
export class CommandRunner implements TaskRunner {
  readonly #light: LightRunner
  readonly #host = new TaskHost()
  readonly #remover = new FolderRemover()
  readonly #rendering = new PQueue({ concurrency: 1 })

  constructor(cache: Cache) {
    const { folder, objects } = cache
    const discard: TaskStore['discard'] = (attempt, ageMs) => this.#remover.remove(attempt, ageMs)
    this.#light = new LightRunner({ folder, objects, discard }, () => () => NOTHING)
  }

  run(task: UnnumberedStageTask, listen: (message: TaskMessage) => void, signal: AbortSignal): Promise<TaskOutcome> {
    const items = Object.values(task.inputs).some(({ type }) => type === 'items')
    return items
      ? this.#rendering.add(() => this.#host.run(task, listen, signal))
      : this.#light.run(task, listen, signal)
  }

  /** Ends the task host and every command at once; those who wait for them hear of it. */
  async kill(): Promise<void> {
    this.#host.kill()
    const { killPrograms } = await import('../../stages/command/launchers.ts')
    killPrograms()
  }

  /** Removes the folders of commands that ended. */
  tidy(): Promise<void> {
    return this.#remover.finish()
  }

  /** Ends the task host at once; commands follow their signal. */
  async close(): Promise<void> {
    this.#host.kill()
    await this.tidy()
  }
}

/** Of this process: it does other things at the same time. What the program uses is told by itself. */
const NOTHING = { cpuMs: 0, rssBytes: 0 }
