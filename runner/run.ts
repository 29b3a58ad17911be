import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import { shownPath } from '../base/shown-path.ts'
import type { Conclusion } from './conclude.ts'
import { failureBehind } from './damage.ts'
import { foldersOf } from './environment.ts'
import type { EventBody } from './events.ts'
import { exitOf } from './exit-codes.ts'
import { RunRecord } from './record.ts'
import type { RunOutcome, RunRequest } from './request.ts'
import { findSpec } from './spec/find.ts'
import { TaskHost } from './task-host.ts'
import { readVersions } from './versions.ts'

/**
 * Brings the targets of a spec up to date. Everything that happens is told through `listen`; `run.end` is the last event,
 * whatever went wrong. Loads nothing heavy before the first event is out.
 */
export async function runPipeline(request: RunRequest): Promise<RunOutcome> {
  const started = performance.now()
  const versions = readVersions()
  const folders = foldersOf(request.spec.root, request.environment)
  const record = new RunRecord(folders.runs)
  const emit = (body: EventBody): void => request.listen(record.add(body))
  const sources = new Map<string, string>()
  const told: Diagnostic[] = []
  const tell = (diagnostics: readonly Diagnostic[]): void => {
    for (const diagnostic of diagnostics) emit({ type: 'diagnostic', diagnostic })
    told.push(...diagnostics)
  }
  const { argument, cwd } = request.spec
  const found = await findSpec(argument, request.spec)
  const path = found.ok && found.value !== '-' ? shownPath(found.value, cwd) : argument
  emit({
    type: 'run.start',
    time: new Date().toISOString(),
    spec: { path },
    argv: request.argv,
    pid: process.pid,
    versions,
  })
  const host = new TaskHost()
  const onStop = (): void => emit({ type: 'run.interrupt', signal: String(request.signal.reason), count: 1 })
  const onKill = (): void => {
    emit({ type: 'run.interrupt', signal: String(request.kill.reason), count: 2 })
    host.kill()
  }
  request.signal.addEventListener('abort', onStop)
  request.kill.addEventListener('abort', onKill)
  let end: Conclusion = { exit: 70, result: 'aborted' }
  try {
    if (!found.ok) throw new Failure(found.error.code, found.error.message, found.error)
    const { runInside } = await import('./run-inside.ts')
    end = await runInside(request, found.value, { folders, record, emit, tell, sources, host })
  } catch (error) {
    const failure = error instanceof Failure ? error : await failureBehind(error, folders.cache)
    if (request.signal.aborted) end = { exit: 130, result: 'interrupted' }
    else if (failure !== undefined) {
      tell([failure.diagnostic])
      end = { exit: exitOf([failure.diagnostic]), result: 'aborted' }
    } else throw error
  } finally {
    request.signal.removeEventListener('abort', onStop)
    request.kill.removeEventListener('abort', onKill)
    host.kill()
    emit({
      type: 'run.end',
      counts: {},
      savedMs: 0,
      waivers: [],
      ...end,
      wallMs: Math.round(performance.now() - started),
    })
    record.finish()
  }
  const isNews = end.best !== undefined && end.sameAs === undefined
  return { exit: end.exit, run: record.id, isNews, diagnostics: told, sources }
}
