import { listRuns } from '../history/find-run.ts'

/** When a run started, if its folder is still there. */
export function startedOf(runsFolder: string, run: string): { started?: string } {
  const entry = listRuns(runsFolder).find((each) => each.run === run)
  return entry === undefined ? {} : { started: entry.started }
}
