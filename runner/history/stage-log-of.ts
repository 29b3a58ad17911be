import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../base/diagnostic.ts'
import { sanitize } from '../../base/sanitize.ts'
import { readRun } from './find-run.ts'
import type { RunStage } from './run-document.ts'

/** Where a stage's log lies, and the run that wrote it. */
export interface FoundLog {
  readonly path: string
  readonly run: string
}

/** The log of a stage of a run; of one whose output was reused, that of the run which computed it. Throws E003, E006. */
export function stageLogOf(
  folders: { readonly root: string; readonly runs: string },
  run: string,
  stage: RunStage,
): FoundLog {
  if (stage.log !== undefined) return existing(join(folders.root, stage.log), run, stage)
  if (stage.list)
    throw new Failure(
      'E003',
      `${sanitize(stage.address)} is a list stage: it is evaluated with every plan and has no log`,
    )
  const maker = stage.sourceRun
  if (maker === undefined)
    throw new Failure('E003', `${sanitize(stage.address)} did not run in run ${run}: it is ${stage.state}`, {
      help: ['pipeline ls shows the runs there are'],
    })
  const made = readRun(folders.runs, maker).stages
  const same = made.find(({ key, log }) => key === stage.key && log !== undefined)
  const maybe = same ?? made.find(({ address, log }) => address === stage.address && log !== undefined)
  if (maybe?.log === undefined)
    throw new Failure('E006', `run ${maker}, which computed ${sanitize(stage.address)}, has no log of it`)
  return existing(join(folders.root, maybe.log), maker, stage)
}

function existing(path: string, run: string, { address }: RunStage): FoundLog {
  if (existsSync(path)) return { path, run }
  throw new Failure('E006', `the log of ${sanitize(address)} in run ${run} is not there any more`)
}
