import type { FromHost, StageTask, Task, TaskUsage } from './host/protocol.ts'

/** What is told of a task while it runs. */
export type TaskMessage = Exclude<FromHost, TaskOutcome | { type: 'ready' }>

export type TaskOutcome =
  | Extract<FromHost, { type: 'done' | 'failed' | 'damaged' | 'cancelled' | 'measured' }>
  | LostTask

/** The process that worked on a task ended before the task did, by itself or for what it did. */
export interface LostTask {
  readonly type: 'lost'
  /** Its signal or exit code. */
  readonly how: string
  /** It went over its memory, filled the heap of its language, or gave no sign of life. */
  readonly why?: 'memory' | 'heap' | 'silence'
  /** Memory it could have. */
  readonly limitBytes?: number
  readonly usage?: TaskUsage
}

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
