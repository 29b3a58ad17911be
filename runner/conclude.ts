import type { Diagnostic } from '../base/diagnostic.ts'
import { compareSweep } from './compare-sweep.ts'
import type { EndState, EventBody } from './events.ts'
import type { Ended, Execution } from './execute.ts'
import type { RunDetails } from './history/run-document.ts'
import { stageDetails } from './history/stage-details.ts'
import { writeFailures, writeLineage } from './lineage.ts'
import type { Classified } from './plan/classify.ts'
import type { Prepared } from './plan/prepare.ts'
import { isListStage } from './plan/tables.ts'
import type { RenderPage } from './publish.ts'
import { publishOutputs } from './publish-run.ts'
import { keepPictures } from './report/kept-pictures.ts'
import { bestOf, checkGates, missesGates, readVerdicts, verdictFigures } from './verdicts.ts'

/** How a run ended: the body of `run.end` as far as it is known here. */
export type Conclusion = Pick<Extract<EventBody, { type: 'run.end' }>, 'exit' | 'result'> &
  Partial<Omit<Extract<EventBody, { type: 'run.end' }>, 'type' | 'exit' | 'result'>>

export interface ConcludeOptions {
  readonly prepared: Prepared
  readonly classified: Pick<Classified, 'waivers' | 'unrecorded'>
  readonly execution: Execution
  readonly ended: ReadonlyMap<string, Ended>
  readonly run: string
  readonly runFolder: string
  readonly interrupted: boolean
  readonly renderPage: RenderPage
  readonly emit: (event: EventBody) => void
  readonly tell: (diagnostics: readonly Diagnostic[]) => void
  /** Adds to the record what no event carries. */
  readonly keep: (details: RunDetails) => void
}

/** After the last stage: gates, the best variant, the outputs people keep, the history for the next run. */
export async function conclude(options: ConcludeOptions): Promise<Conclusion> {
  const { prepared, ended, interrupted, run } = options
  const states = [...ended.values()].map(({ state }) => state)
  const counts: Partial<Record<EndState, number>> = {}
  const skipped = prepared.choice.skipped.map(() => 'skipped' as const)
  for (const state of [...states, ...skipped]) counts[state] = (counts[state] ?? 0) + 1
  options.keep({ stages: stageDetails(ended, run, prepared) })
  const verdicts = await readVerdicts(options)
  options.keep({ verdicts: verdicts.map(verdictFigures) })
  const judged = verdicts.map((each) => ({ ...each, gate: checkGates(each, options.emit) }))
  const comparison = prepared.spec.variants.length > 1 ? compareSweep(judged, ended) : []
  for (const each of comparison) options.emit({ type: 'comparison', ...each })
  const outcomes = [...ended.values()].flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]))
  const saved = [...ended.values()]
    .filter(({ state }) => state !== 'done')
    .reduce((sum, { outcome }) => sum + (outcome?.costMs ?? 0), 0)
  const best = bestOf(verdicts)
  await writeFailures(prepared.cache, prepared.lineage, run, ended).catch(() => {}) // a full disk is told by what needs it
  const { waivers, unrecorded } = options.classified
  const common = { counts, savedMs: saved, waivers, ...(best && { best }) }
  if (interrupted) return { ...common, exit: 130, result: 'interrupted' }
  const failed = [...ended.values()].flatMap(({ diagnostic }) => (diagnostic === undefined ? [] : [diagnostic]))
  const published = await publishOutputs(options, comparison)
  if (states.some((state) => state !== 'fresh')) keepPictures(options.runFolder, ended)
  const outputs = published.length > 0 ? { outputs: published } : {}
  if (failed.length > 0) return { ...common, ...outputs, exit: exitAfter(failed), result: 'failed' }
  const same = states.every((state) => state === 'fresh') ? lastRun(prepared) : undefined
  await writeLineage(prepared, run, outcomes, unrecorded)
  const missed = missesGates(judged.flatMap(({ gate }) => gate ?? []))
  return {
    ...common,
    ...outputs,
    ...(same !== undefined && { sameAs: same }),
    exit: missed ? 3 : 0,
    result: missed ? 'gate-missed' : 'passed',
  }
}

/** What a failed stage found in itself is 1; a full disk and a held lock are the machine's. */
const exitAfter = (failed: readonly Diagnostic[]): number =>
  failed.some(({ code }) => code === 'E501') ? 5 : failed.some(({ code }) => code === 'E402') ? 4 : 1

const lastRun = ({ lineage, stages }: Prepared): string | undefined => {
  const computing = stages.filter((stage) => !isListStage(stage)).at(-1)
  return computing && lineage.last(computing.address)?.run
}
