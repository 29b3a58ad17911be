import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../../base/diagnostic.ts'
import { sanitize } from '../../base/sanitize.ts'
import { readRun } from './find-run.ts'
import type { RunStage } from './run-document.ts'
import { withCache } from './stored.ts'

interface LogFolders {
  readonly root: string
  readonly runs: string
  readonly cache: string
}

/**
 * What a stage of a run said; of one whose output was reused, what it said in the run which computed it: from that run's
 * folder, else the end of it that is kept with the result. Empty where it said nothing. Throws E003 for a stage that has
 * no log, E006 where it is not there any more.
 */
export async function readLog(folders: LogFolders, run: string, stage: RunStage): Promise<string> {
  const name = sanitize(stage.address)
  if (stage.list) throw new Failure('E003', `${name} is a list stage: it is evaluated with every plan and has no log`)
  const maker = stage.log === undefined ? stage.sourceRun : run
  if (maker === undefined)
    throw new Failure('E003', `${name} did not run in run ${run}: it is ${stage.state}`, {
      help: ['pipeline ls shows the runs there are'],
    })
  const file = stage.log ?? logIn(folders.runs, maker, stage)
  const text = file === undefined ? undefined : textOf(join(folders.root, file))
  const { key = '' } = stage
  const kept = text ?? (await withCache(folders.cache, ({ index }) => index.logs.get(key)?.text))
  if (kept !== undefined) return kept
  throw new Failure('E006', `the log of ${name} in run ${maker} is not there any more`, {
    help: ['pipeline run SPEC --force=STAGE computes it again'],
  })
}

/** The log file of the stage that made the same output, else of the stage of that address; undefined where its run is gone. */
function logIn(runsFolder: string, run: string, { key, address }: RunStage): string | undefined {
  if (!existsSync(join(runsFolder, run))) return undefined
  const ran = readRun(runsFolder, run).stages.filter(({ log }) => log !== undefined)
  return (ran.find((stage) => stage.key === key) ?? ran.find((stage) => stage.address === address))?.log
}

/** A log file is made with its first line: where the run's folder is there and the file is not, nothing was said. */
function textOf(path: string): string | undefined {
  if (existsSync(path)) return readFileSync(path, 'utf8')
  return existsSync(dirname(dirname(path))) ? '' : undefined
}
