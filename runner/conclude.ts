import { join } from 'node:path'
import { decodeJson } from '../artifacts/json.ts'
import type { MetricName, Thresholds, Verdict } from '../artifacts/verdict.ts'
import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import { digestValue } from '../base/digest.ts'
import { DamagedEntry } from '../cache/objects.ts'
import type { BestVariant, EndState, EventBody } from './events.ts'
import type { Ended, Execution } from './execute.ts'
import type { RunDetails, RunVerdict } from './history/run-document.ts'
import { stageDetails } from './history/stage-details.ts'
import { lineageName, writeFailures, writeLineage } from './lineage.ts'
import type { Classified } from './plan/classify.ts'
import type { Outcome } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import { isListStage } from './plan/tables.ts'
import { type Publication, publish, type RenderPage } from './publish.ts'
import { publishFiles } from './publish-files.ts'
import { publishImages } from './publish-images.ts'
import { withNeeds } from './select/select.ts'
import { OUTPUTS_STAGE, type SpecStage } from './spec/spec.ts'
import { fileName } from './stage-log.ts'

/** How a run ended: the body of `run.end` as far as it is known here. */
export type Conclusion = Pick<Extract<EventBody, { type: 'run.end' }>, 'exit' | 'result'> &
  Partial<Omit<Extract<EventBody, { type: 'run.end' }>, 'type' | 'exit' | 'result'>>

export interface ConcludeOptions {
  readonly prepared: Prepared
  readonly classified: Pick<Classified, 'waivers' | 'unrecorded'>
  readonly execution: Execution
  readonly ended: ReadonlyMap<string, Ended>
  readonly run: string
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
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1
  options.keep({ stages: stageDetails(ended, run, prepared) })
  const verdicts = await readVerdicts(options)
  options.keep({ verdicts: verdicts.map(verdictFigures) })
  const gates = verdicts.flatMap((each) => checkGates(each, options.emit))
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
  const published = await publishOutputs(options)
  const outputs = published.length > 0 ? { outputs: published } : {}
  if (failed.length > 0)
    return { ...common, ...outputs, exit: failed.some(({ code }) => code === 'E501') ? 5 : 1, result: 'failed' }
  const same = states.every((state) => state === 'fresh') ? lastRun(prepared) : undefined
  const recorded = outcomes.filter(({ stage }) => !unrecorded.has(stage.address))
  await writeLineage(prepared, run, recorded)
  const missed = gates.length > 0 && (gates[0].any ? !gates.some(({ met }) => met) : gates.some(({ met }) => !met))
  return {
    ...common,
    ...outputs,
    ...(same !== undefined && { sameAs: same }),
    exit: missed ? 3 : 0,
    result: missed ? 'gate-missed' : 'passed',
  }
}

const lastRun = ({ cache, lineage, stages }: Prepared): string | undefined => {
  const computing = stages.filter((stage) => !isListStage(stage)).at(-1)
  return computing && cache.index.lineage.get(lineageName(lineage, computing.address))?.run
}

interface StageVerdict {
  readonly stage: SpecStage
  readonly verdict: Verdict
  readonly thresholds: Thresholds
}

const verdictFigures = ({ stage, verdict, thresholds }: StageVerdict): RunVerdict => ({
  address: stage.address,
  variant: stage.variant,
  metrics: verdict.metrics,
  limits: thresholds.image,
})

async function readVerdicts({ prepared, ended, execution }: ConcludeOptions): Promise<StageVerdict[]> {
  const verdicts: StageVerdict[] = []
  for (const { outcome } of ended.values()) {
    if (outcome?.whole.verdict === undefined) continue
    const { objects } = prepared.cache
    const read = ({ whole }: Outcome) => [objects.read(whole.verdict!.digest), objects.read(whole.thresholds!.digest)]
    const [verdict, thresholds] = (await readRepaired(outcome, read, { prepared, execution })).map(decodeJson)
    verdicts.push({ stage: outcome.stage, verdict: verdict as Verdict, thresholds: thresholds as Thresholds })
  }
  return verdicts
}

/** Reads stored bytes; where they are damaged, the stage that made them is computed again first. */
async function readRepaired<T>(
  outcome: Outcome,
  read: (outcome: Outcome) => T,
  { prepared, execution }: Pick<ConcludeOptions, 'prepared' | 'execution'>,
): Promise<T> {
  try {
    return read(outcome)
  } catch (error) {
    if (!(error instanceof DamagedEntry)) throw error
    await prepared.cache.quarantine(error.digest)
    const repaired = await execution.repair(outcome.stage.address)
    if (repaired === undefined) throw error
    return read(repaired)
  }
}

function checkGates(
  { stage, verdict }: StageVerdict,
  emit: (event: EventBody) => void,
): { met: boolean; any: boolean }[] {
  const limits = (stage.settings.fail_under ?? {}) as Partial<Record<MetricName, number>>
  return Object.entries(limits).map(([metric, threshold]) => {
    const { value, interval = null } = verdict.metrics[metric as MetricName]
    const met = value !== null && value >= threshold
    emit({ type: 'gate', stage: stage.name, variant: stage.variant, metric, op: '>=', threshold, value, interval, met })
    return { met, any: stage.settings.fail_under_best === true }
  })
}

function bestOf(verdicts: readonly StageVerdict[]): BestVariant | undefined {
  const first = verdicts.at(0)
  if (first === undefined) return undefined
  const by = (Object.keys(first.stage.settings.fail_under ?? {})[0] ?? 'image_auroc') as MetricName
  const value = ({ verdict }: StageVerdict): number => verdict.metrics[by].value ?? -1
  const { stage, verdict } = verdicts.reduce((best, each) => (value(each) > value(best) ? each : best))
  const baselines = Object.fromEntries(
    Object.entries(verdict.baselines.image).map(([name, metric]) => [name, metric.value]),
  )
  return { variant: stage.variant, metrics: verdict.metrics, baselines }
}

/** Publishes what the implicit stages that ended well are for, each variant in a folder of its own. Returns the folders, as absolute paths. */
async function publishOutputs(options: ConcludeOptions): Promise<string[]> {
  const { prepared, ended } = options
  const { outputs } = prepared.spec
  if (outputs === undefined) return []
  const folders = new Set<string>()
  for (const stage of prepared.stages.filter(({ implicit }) => implicit)) {
    const outcome = ended.get(stage.address)?.outcome
    if (outcome === undefined) continue
    const variant = variantOf(stage)
    const folder = variantFolder(outputs, variant)
    const images = ended.get(stage.bindings.images)?.outcome
    const evaluate = ended.get(stage.bindings.thresholds)?.outcome
    if (images !== undefined) {
      const write = () => publishImages(join(folder, 'images', images.stage.name), outcome, prepared.cache.objects)
      await retryDamaged(write, [outcome], options)
    }
    if (evaluate !== undefined) {
      const own = stage.name === OUTPUTS_STAGE ? folder : join(folder, evaluate.stage.name)
      await publishVerdict({ folder: own, variant, evaluate, pictures: outcome }, options)
    }
    folders.add(folder)
  }
  for (const [folder, leaves] of leafFiles(options, outputs)) {
    await retryDamaged(() => publishFiles(join(folder, 'files'), leaves, prepared.cache.objects), leaves, options)
    folders.add(folder)
  }
  return [...folders]
}

/** What stages gave as files and no other stage needs, by the folder of their variant. */
function leafFiles({ prepared, ended }: ConcludeOptions, outputs: string): Map<string, Outcome[]> {
  const needed = new Set(prepared.spec.stages.flatMap(({ bindings }) => Object.values(bindings)))
  const leaves = new Map<string, Outcome[]>()
  for (const stage of prepared.stages) {
    const outcome = ended.get(stage.address)?.outcome
    if (outcome?.whole.files === undefined || needed.has(stage.address)) continue
    const folder = variantFolder(outputs, variantOf(stage))
    const beside = leaves.get(folder)
    if (beside === undefined) leaves.set(folder, [outcome])
    else beside.push(outcome)
  }
  return leaves
}

const variantOf = ({ address, name }: SpecStage): string => address.slice(name.length + 1)

const variantFolder = (outputs: string, variant: string): string =>
  variant === '' ? outputs : join(outputs, fileName(variant, digestValue('variant', variant)))

async function publishVerdict(
  of: Pick<Publication, 'folder' | 'variant' | 'evaluate' | 'pictures'>,
  options: ConcludeOptions,
): Promise<void> {
  const { prepared, ended, renderPage } = options
  const { name, summary } = prepared.spec
  const bundle = bundleOf(of.evaluate, ended)
  const rested = withNeeds(prepared.stages, [of.evaluate.stage.address])
  const waivers = options.classified.waivers.filter(({ address }) => rested.has(address))
  const more = { ...(summary !== undefined && { summary }), ...(bundle && { bundle }) }
  const write = () => publish({ ...of, ...more, name, waivers, objects: prepared.cache.objects, renderPage })
  await retryDamaged(write, [of.pictures, of.evaluate, ...(bundle ? [bundle] : [])], options)
}

async function retryDamaged(
  write: () => Promise<void>,
  outcomes: readonly Outcome[],
  { prepared, execution }: Pick<ConcludeOptions, 'prepared' | 'execution'>,
): Promise<void> {
  for (let repairs = 0; ; repairs++) {
    try {
      await write()
      return
    } catch (error) {
      if (!(error instanceof DamagedEntry) || repairs === outcomes.length)
        throw error instanceof DamagedEntry ? new Failure('E605', error.message) : error
      await prepared.cache.quarantine(error.digest)
      for (const { stage } of outcomes) await execution.repair(stage.address)
    }
  }
}

/** The bundle exported from the same thresholds, if the spec exports one. */
function bundleOf(evaluate: Outcome, ended: ConcludeOptions['ended']): Outcome | undefined {
  return [...ended.values()]
    .map(({ outcome }) => outcome)
    .find(
      (outcome) =>
        outcome?.whole.bundle !== undefined && Object.values(outcome.stage.bindings).includes(evaluate.stage.address),
    )
}
