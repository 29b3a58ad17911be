import { failed } from './failed.ts'
import type { FromHost, StageTask, TaskUsage } from './protocol.ts'
import { runStageTask } from './stage-task.ts'
import type { TaskStore } from './task-store.ts'

/** Computes a stage's task and says how it ended; never rejects. */
export async function performStage(
  task: Omit<StageTask, 'id'>,
  {
    cache,
    signal,
    send,
    usage,
  }: { cache: TaskStore; signal: AbortSignal; send: (message: FromHost) => void; usage: () => TaskUsage },
): Promise<FromHost> {
  let programs: TaskUsage = { cpuMs: 0, rssBytes: 0 }
  const spent = (): TaskUsage => together(usage(), programs)
  try {
    const result = await runStageTask(task, cache, signal, send, (more) => (programs = together(programs, more)))
    return { type: 'done', ...result, usage: spent() }
  } catch (error) {
    return signal.aborted ? { type: 'cancelled' } : failed(error, spent(), send)
  }
}

/** Time adds up; of memory the larger. */
const together = (a: TaskUsage, b: TaskUsage): TaskUsage => ({
  cpuMs: a.cpuMs + b.cpuMs,
  rssBytes: Math.max(a.rssBytes, b.rssBytes),
})
