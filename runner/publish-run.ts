import { join } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { digestValue } from '../base/digest.ts'
import { DamagedEntry } from '../cache/objects.ts'
import { comparisonFiles } from './comparison-files.ts'
import type { VariantFigures, Waiver } from './events.ts'
import type { Ended, Execution } from './execute.ts'
import { writeOutputs } from './outputs-folder.ts'
import type { Classified } from './plan/classify.ts'
import type { Outcome } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import { type Publication, publish, type RenderPage } from './publish.ts'
import { publishFiles } from './publish-files.ts'
import { publishImages } from './publish-images.ts'
import { withNeeds } from './select/select.ts'
import { OUTPUTS_STAGE, type SpecStage } from './spec/spec.ts'
import { fileName } from './stage-log.ts'

export interface PublishOptions {
  readonly prepared: Prepared
  readonly classified: Pick<Classified, 'waivers'>
  readonly execution: Execution
  readonly ended: ReadonlyMap<string, Ended>
  readonly renderPage: RenderPage
}

/**
 * Publishes what the implicit stages that ended well are for, each variant in a folder of its own, beside a table that
 * compares them. Returns the folders, as absolute paths; of a sweep the one that holds them all.
 */
export async function publishOutputs(
  options: PublishOptions,
  comparison: readonly VariantFigures[],
): Promise<string[]> {
  const { prepared, ended } = options
  const bundles = bundlesByVerdict(ended)
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
      const bundle = bundles.get(evaluate.stage.address)
      await publishVerdict({ folder: own, variant, evaluate, pictures: outcome, ...(bundle && { bundle }) }, options)
    }
    folders.add(folder)
  }
  for (const [folder, leaves] of leafFiles(options, outputs)) {
    await retryDamaged(() => publishFiles(join(folder, 'files'), leaves, prepared.cache.objects), leaves, options)
    folders.add(folder)
  }
  if (comparison.length === 0 || folders.size === 0) return [...folders]
  await writeOutputs(outputs, comparisonFiles(comparison))
  return [outputs]
}

/** What stages gave as files and no other stage needs, or they are to keep, by the folder of their variant. */
function leafFiles({ prepared, ended }: PublishOptions, outputs: string): Map<string, Outcome[]> {
  const needed = new Set(prepared.spec.stages.flatMap(({ bindings }) => Object.values(bindings)))
  const leaves = new Map<string, Outcome[]>()
  for (const stage of prepared.stages) {
    const outcome = ended.get(stage.address)?.outcome
    if (outcome?.whole.files === undefined || (needed.has(stage.address) && stage.keep === undefined)) continue
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
  of: Pick<Publication, 'folder' | 'variant' | 'evaluate' | 'pictures' | 'bundle'>,
  options: PublishOptions,
): Promise<void> {
  const { prepared, renderPage } = options
  const { name, summary } = prepared.spec
  const { objects } = prepared.cache
  const waivers = waiversUnder(of.evaluate, options)
  const write = () => publish({ ...of, ...(summary !== undefined && { summary }), name, waivers, objects, renderPage })
  await retryDamaged(write, [of.pictures, of.evaluate, ...(of.bundle ? [of.bundle] : [])], options)
}

/** The accepted outputs that a verdict rests on. */
function waiversUnder({ stage }: Outcome, { prepared, classified: { waivers } }: PublishOptions): readonly Waiver[] {
  if (waivers.length === 0) return waivers
  const rested = withNeeds(prepared.stages, [stage.address])
  return waivers.filter(({ address }) => rested.has(address))
}

async function retryDamaged(
  write: () => Promise<void>,
  outcomes: readonly Outcome[],
  { prepared, execution }: Pick<PublishOptions, 'prepared' | 'execution'>,
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

/** Address of an `evaluate` stage -> the bundle exported from its thresholds. */
function bundlesByVerdict(ended: PublishOptions['ended']): ReadonlyMap<string, Outcome> {
  const bundles = new Map<string, Outcome>()
  for (const { outcome } of ended.values()) {
    if (outcome?.whole.bundle === undefined) continue
    for (const address of Object.values(outcome.stage.bindings))
      if (!bundles.has(address)) bundles.set(address, outcome)
  }
  return bundles
}
