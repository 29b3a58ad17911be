import { Failure } from '../../base/diagnostic.ts'
import { permissionFailure } from '../../base/permission-failure.ts'
import { DamagedEntry } from '../../cache/objects.ts'
import type { FromHost, TaskUsage } from './protocol.ts'

/** An error as the end of a task: damage, an expected failure, or a bug with its trace in the log. */
export function failed(error: unknown, usage: TaskUsage, send: (message: FromHost) => void): FromHost {
  if (error instanceof DamagedEntry) return { type: 'damaged', digest: error.digest, found: error.found }
  const failure = error instanceof Failure ? error : permissionFailure(error)
  if (failure !== undefined) return { type: 'failed', diagnostic: failure.diagnostic, usage }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  send({ type: 'log', level: 'warning', text })
  return { type: 'failed', diagnostic: { code: 'E601', severity: 'error', message: text.split('\n', 1)[0] }, usage }
}
