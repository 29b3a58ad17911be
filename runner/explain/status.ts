import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { PlannedStage, RunEvent } from '../events.ts'
import { listRuns } from '../history/find-run.ts'
import { isRunning } from '../history/is-running.ts'
import { type OpenPlan, type Planned, withPlan } from '../plan.ts'
import type { PlanRequest } from '../request.ts'
import { startedOf } from './run-names.ts'
import type { RunName } from './why-document.ts'

/** Where a spec stands: its plan by recorded file sizes and times, or the run of it in progress. */
export interface SpecStatus {
  readonly spec: { readonly name: string; readonly path: string }
  readonly stages: readonly PlannedStage[]
  /** The run that first had what is fresh, by address. */
  readonly since: ReadonlyMap<string, RunName>
  readonly running?: RunInProgress
}

export interface RunInProgress {
  readonly run: string
  readonly pid: number
  readonly events: readonly RunEvent[]
}

/** Runs looked at, the newest first: more than this are not under way at once. */
const MOST_RUNNING = 20

export const statusPipeline = (request: PlanRequest): Promise<Planned<SpecStatus>> =>
  withPlan({ ...request, targets: [], peek: true }, (plan) => {
    const { spec, classified, folders } = plan
    const running = inProgress(folders.runs, spec)
    return {
      spec: { name: spec.name, path: spec.path },
      stages: classified.planned,
      since: freshSince(plan),
      ...(running && { running }),
    }
  })

function freshSince({ prepared, classified, folders }: OpenPlan): Map<string, RunName> {
  const since = new Map<string, RunName>()
  const names = new Map<string, RunName>()
  for (const { address, plan } of classified.planned) {
    const run = plan === 'fresh' ? prepared.lineage.last(address)?.run : undefined
    if (run === undefined) continue
    if (!names.has(run)) names.set(run, { run, ...startedOf(folders.runs, run) })
    since.set(address, names.get(run)!)
  }
  return since
}

/** The run of this spec that has begun and not ended, and whose process lives; told by the spec's name and file. */
function inProgress(runs: string, spec: { readonly name: string; readonly path: string }): RunInProgress | undefined {
  for (const { run, folder } of listRuns(runs).slice(0, MOST_RUNNING)) {
    const events = readEvents(join(folder, 'events.jsonl'))
    const start = events.at(0)
    if (start?.type !== 'run.start' || events.at(-1)?.type === 'run.end') continue
    const planned = events.find((event) => event.type === 'run.plan')
    const isOurs =
      basename(start.spec.path) === basename(spec.path) && (planned === undefined || planned.name === spec.name)
    if (isOurs && isRunning({ pid: start.pid, started: start.time })) return { run, pid: start.pid, events }
  }
  return undefined
}

/** The events written so far; the last line may be half. */
function readEvents(path: string): RunEvent[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.slice(0, -1).map((line) => JSON.parse(line) as RunEvent)
  } catch {
    return [] // removed meanwhile
  }
}
