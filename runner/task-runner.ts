import type { FromHost, StageTask, Task } from './host/protocol.ts'

/** What is told of a task while it runs. */
export type TaskMessage = Exclude<FromHost, TaskOutcome | { type: 'ready' }>

/** How a task ended; `lost` where the process that worked on it ended by itself, `how` being its signal or exit code. */
export type TaskOutcome =
  | Extract<FromHost, { type: 'done' | 'failed' | 'damaged' | 'cancelled' | 'measured' }>
  | { readonly type: 'lost'; readonly how: string }

export type Unnumbered<T> = T extends Task ? Omit<T, 'id'> : never
export type UnnumberedStageTask = Unnumbered<StageTask>

/** Something that brings a stage's task to its end: a task host, this process, a program of its own. */
export interface TaskRunner {
  /** Resolves when the task has ended, never rejects for what a task does. An aborted signal ends it as `cancelled`. */
  run(task: UnnumberedStageTask, listen: (message: TaskMessage) => void, signal: AbortSignal): Promise<TaskOutcome>
}

/** The runners by where a stage kind says it runs. */
export interface TaskRunners {
  /** Computes on all cores, so one task at a time. */
  readonly host: TaskRunner
  /** In this process, several side by side. */
  readonly light: TaskRunner
  /** Programs of their own, several side by side. */
  readonly command: TaskRunner
}
