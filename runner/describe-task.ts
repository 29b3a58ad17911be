import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { shortDigest } from '../base/digest.ts'
import type { RunDocument, RunStage } from './history/run-document.ts'
import { type Planned, withPlan } from './plan.ts'
import type { PlanRequest } from './request.ts'
import { type TaskFile, taskFileOf } from './task-file.ts'

/**
 * The task of a stage as a run had it: its resolved spec is planned again, and the key must come out the same. Throws
 * E003 where it does not, since data, environment or versions are others now, and where an input is gone from the cache.
 */
export async function describeTask(
  { run, spec }: RunDocument,
  stage: RunStage,
  request: Omit<PlanRequest, 'spec' | 'sets'> & { readonly root: string },
): Promise<Planned<TaskFile>> {
  if (spec.resolved === undefined) throw new Failure('E003', `run ${run} ended before its spec was read`)
  const folder = mkdtempSync(join(tmpdir(), 'flawline-spec-'))
  try {
    const file = join(folder, `${spec.name ?? 'resolved'}.yaml`)
    writeFileSync(file, JSON.stringify(spec.resolved)) // JSON is YAML
    const planned = await withPlan(
      { ...request, sets: [], spec: { argument: file, cwd: request.root, root: request.root } },
      (plan) => {
        const now = plan.prepared.stages.find(({ address }) => address === stage.address)
        const task = now && taskFileOf(now, plan, availableParallelism())
        if (task === undefined) throw gone(stage.address, 'its inputs are not in the cache')
        if (task.key === stage.key) return lent(task, stage.device)
        const keys = `${shortDigest(stage.key ?? '')} -> ${shortDigest(task.key)}`
        throw gone(stage.address, `its key is another one now (${keys}): data, environment or versions changed`)
      },
    )
    return planned
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }

  function lent(file: TaskFile, device: string | undefined): TaskFile {
    return device === undefined ? file : { ...file, task: { ...file.task, devices: device.split(',') } }
  }

  function gone(address: string, why: string): Failure {
    return new Failure('E003', `${address} of run ${run} cannot be described: ${why}`, {
      help: ['run it again, and describe that run'],
    })
  }
}
