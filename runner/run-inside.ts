import { availableParallelism } from 'node:os'
import type { Diagnostic } from '../base/diagnostic.ts'
import { Cache, requireUsable } from '../cache/cache.ts'
import { healCache } from '../cache/heal.ts'
import { auditReused } from './audit.ts'
import { sweepLocks } from '../cache/locks.ts'
import { hasDeadMarks, WorkMark } from '../cache/work-marks.ts'
import type { Folders } from './environment.ts'
import { AroundMeter } from './around-meter.ts'
import { type Conclusion, conclude } from './conclude.ts'
import type { Cell, EventBody } from './events.ts'
import { Execution } from './execute.ts'
import { exitOf } from './exit-codes.ts'
import { gitState } from './git.ts'
import { specDetails } from './history/spec-details.ts'
import { IndexWriter } from './index-writer.ts'
import { lineageOf } from './lineage.ts'
import { openSpec } from './open-spec.ts'
import { classify } from './plan/classify.ts'
import { keysOf, makeRoom } from './plan/room.ts'
import { prepare } from './plan/prepare.ts'
import { chooseStages } from './plan/targets.ts'
import type { RunRecord } from './record.ts'
import type { RunRequest } from './request.ts'
import type { TaskHost } from './task-host.ts'
import { CommandRunner } from './command/command-runner.ts'
import { LightRunner } from './light-runner.ts'
import { checkResources } from './resources.ts'
import { usesOf } from './uses.ts'

export interface Inside {
  readonly folders: Folders
  readonly record: RunRecord
  readonly emit: (body: EventBody) => void
  readonly tell: (diagnostics: readonly Diagnostic[]) => void
  readonly sources: Map<string, string>
  readonly host: TaskHost
}

/** A run from its spec to its last stage; throws a `Failure` where it cannot go on, and the signal's reason when interrupted while planning. */
export async function runInside(
  request: RunRequest,
  specPath: string,
  { folders, record, emit, tell, sources, host }: Inside,
): Promise<Conclusion> {
  const opened = await openSpec(request, specPath)
  for (const [file, text] of opened.sources) sources.set(file, text)
  tell(opened.diagnostics)
  if (!opened.ok) return aborted(opened.diagnostics)
  const { spec } = opened
  record.keep({ spec: specDetails(spec, specPath === '-' ? '<stdin>' : lineageOf(specPath, folders.root)) })
  const selected = chooseStages(spec, request)
  tell(selected.diagnostics)
  if (selected.diagnostics.length > 0) return aborted(selected.diagnostics)

  if (hasDeadMarks(folders.cache)) tellSetAside(await healCache(folders.cache), tell)
  // Before the cache is opened: a process that dies of damage in it leaves the mark behind, for the next run to see.
  requireUsable(folders.cache)
  const mark = await WorkMark.place(folders.cache, record.id, request.signal)
  const cache = openMarked(folders.cache, mark)
  opened.keep()
  const command = new CommandRunner(cache)
  request.kill.addEventListener('abort', () => void command.kill(), { once: true })
  sweepLocks(folders.cache)
  try {
    if (cache.damagedIndex !== undefined)
      tell([
        {
          code: 'W502',
          severity: 'warning',
          message: `the cache index was damaged and set aside as ${cache.damagedIndex}; what it knew is computed again`,
        },
      ])
    const git = gitState(folders.root)
    const prepared = await prepare({
      spec,
      specPath,
      choice: selected.choice,
      folders,
      cache,
      engine: request.engine,
      jobs: request.jobs,
      variables: request.environment.variables,
      signal: request.signal,
      emit,
      host,
    })
    const found = [...prepared.diagnostics, ...checkResources(prepared.stages, request.resources)]
    tell(found)
    if (exitOf(found) !== 0) return aborted(found)
    const classified = classify(prepared)
    tell(classified.diagnostics)
    if (classified.diagnostics.length > 0) return aborted(classified.diagnostics)
    const settled = { ...prepared, stages: classified.stages }
    emit({
      type: 'run.plan',
      digest: spec.digest,
      name: spec.name,
      overrides: spec.overrides,
      protocol: spec.protocol,
      seed: spec.seed,
      engine: prepared.engine,
      cores: availableParallelism(),
      jobs: request.jobs,
      resources: { ...request.resources.amounts, gpu: request.resources.gpu },
      git: await git,
      stages: classified.planned,
      variants: spec.variants.length,
      bill: classified.bill,
    })
    for (const { name, variant } of prepared.choice.skipped) emit(skippedEnd(name, variant))
    const inUse = keysOf(classified.outcomes.values())
    mark.hold(inUse)
    await makeRoom({
      cache,
      bill: classified.bill,
      bound: request.environment.cacheMaxBytes,
      run: record.id,
      inUse,
      emit,
      tell,
      signal: request.signal,
    })
    const writer = new IndexWriter(cache)
    const meter = new AroundMeter()
    const compute = {
      run: record.id,
      root: folders.root,
      runFolder: record.folder,
      seed: spec.seed,
      threads: availableParallelism(),
      cache,
      writer,
      costs: prepared.costs,
      runners: { host, light: new LightRunner(cache), command },
      weights: prepared.weights.files,
      variables: prepared.variables,
      ownWeights: prepared.weights.own,
      emit,
      signal: request.signal,
    }
    const execution = new Execution({
      prepared: settled,
      classified,
      onFailure: request.onFailure,
      jobs: request.jobs,
      resources: request.resources,
      noWait: request.noWait,
      replayLogs: request.replayLogs,
      emit: (event) => {
        meter.see(event)
        emit(event)
      },
      compute,
    })
    const ended = await execution.run()
    void command.tidy() // beside what follows
    await writer.flush()
    const used = [...ended.values()].flatMap(({ outcome }) => outcome ?? [])
    await cache.touch(usesOf(used, spec.name)).catch(() => {}) // a full disk is told by what needs it
    const audited =
      request.audit === undefined || request.signal.aborted
        ? []
        : await auditReused({ share: request.audit, prepared: settled, ended, compute, emit })
    tell(audited)
    const conclusion = await conclude({
      prepared: settled,
      classified,
      execution,
      ended,
      run: record.id,
      runFolder: record.folder,
      interrupted: request.signal.aborted,
      renderPage: request.renderPage,
      emit,
      tell,
      keep: (details) => record.keep(details),
    })
    await meter.note(cache, prepared)
    return audited.length === 0 || ![0, 3].includes(conclusion.exit)
      ? conclusion
      : { ...conclusion, exit: 1, result: 'failed' }
  } finally {
    mark.release()
    await command.close()
    await cache.close()
  }
}

function openMarked(folder: string, mark: WorkMark): Cache {
  try {
    return new Cache(folder)
  } catch (error) {
    mark.release()
    throw error
  }
}

function tellSetAside(files: readonly string[], tell: Inside['tell']): void {
  const message = `damaged inside and set aside: ${files.join(', ')} of the cache; what was in it is computed again`
  if (files.length > 0) tell([{ code: 'W502', severity: 'warning', message }])
}

/** The end of a stage that its variant has nothing to feed with. */
const skippedEnd = (stage: string, variant: Cell): EventBody => ({
  type: 'stage.end',
  stage,
  variant,
  state: 'skipped',
  cause: 'condition',
  wallMs: 0,
  cpuMs: 0,
  rssBytes: 0,
  bytes: 0,
  savedMs: 0,
})

const aborted = (diagnostics: readonly Diagnostic[]): Conclusion => ({ exit: exitOf(diagnostics), result: 'aborted' })
