import type { Cache } from '../../cache/cache.ts'
import { failed } from './failed.ts'
import type { FromHost, StageTask, TaskUsage } from './protocol.ts'
import { runStageTask } from './stage-task.ts'

/** Computes a stage's task and says how it ended; never rejects. */
export async function performStage(
  task: Omit<StageTask, 'id'>,
  {
    cache,
    signal,
    send,
    usage,
  }: { cache: Cache; signal: AbortSignal; send: (message: FromHost) => void; usage: () => TaskUsage },
): Promise<FromHost> {
  try {
    return { type: 'done', ...(await runStageTask(task, cache, signal, send)), usage: usage() }
  } catch (error) {
    return signal.aborted ? { type: 'cancelled' } : failed(error, usage(), send)
  }
}
