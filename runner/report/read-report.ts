import { join } from 'node:path'
import { readPicture } from '../../artifacts/pictures.ts'
import type { Thresholds, Verdict } from '../../artifacts/verdict.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { Failure } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import type { Cache } from '../../cache/cache.ts'
import { DamagedEntry } from '../../cache/objects.ts'
import { readRun } from '../history/find-run.ts'
import type { RunDocument, RunStage, RunVerdict } from '../history/run-document.ts'
import { manifestOf, readJsonOutput, withCache } from '../history/stored.ts'
import { labelIn, type Side, stagesIn, verdictsIn } from '../history/variant.ts'
import type { KeyManifest } from '../key.ts'
import { type Happenings, readHappenings, stageName } from './happenings.ts'
import { readKeptPictures } from './kept-pictures.ts'

/** What the report of one verdict shows. Built from the record of its run and the cache, so it is the same whenever it is made. */
export interface ReportInput {
  readonly document: RunDocument
  /** `variance=0.90,lr=1e-3`; empty without variants. */
  readonly variant: string
  /** Stages of the variant, in the order of the plan. */
  readonly stages: readonly ReportedStage[]
  readonly verdict: Verdict
  readonly thresholds: Thresholds
  /** By digest of an item's pixels; of items that are in the cache no more there is none. */
  readonly pictures: ReadonlyMap<string, Thumbnails>
}

export interface ReportedStage extends RunStage {
  readonly manifest?: KeyManifest
  readonly happened: Happenings
}

/** WebP files of the same size that lie over one another; rims where there is something to rim. */
export interface Thumbnails {
  readonly image: Uint8Array
  readonly heat: Uint8Array
  readonly predicted: Uint8Array | undefined
  readonly truth: Uint8Array | undefined
}

export interface ReportFolders {
  readonly runs: string
  readonly cache: string
}

/** Reads the verdict of a run or variant; of a run with several the best. Throws E006 where it has none, or it was evicted. */
export async function readReport(folders: ReportFolders, side: Side): Promise<ReportInput> {
  const { document } = side
  if (document.sameAs !== undefined && side.cell === undefined)
    return readReport(folders, { document: readRun(folders.runs, document.sameAs) })
  const chosen = chooseVerdict(side)
  const cell = { label: labelIn(chosen.address), variant: chosen.variant }
  const stages = stagesIn({ document, cell })
  const evaluate = stages.find(({ address }) => address === chosen.address)!
  const read = await withCache(folders.cache, (cache) => readOutputs(cache, evaluate, folders, document.run))
  if (read === undefined)
    throw new Failure('E006', `the verdict of run ${document.run} is not in the cache any more`, {
      help: [`pipeline run ${document.spec.path}`],
    })
  return { document, variant: cell.label, stages: withHistories(stages, folders, document), ...read }
}

function chooseVerdict(side: Side): RunVerdict {
  const { document } = side
  const found = verdictsIn(side)
  if (found.length === 0)
    throw new Failure('E006', `run ${document.run} reached no verdict`, {
      help: [`pipeline show ${document.run} says how far it came`],
    })
  const best = canonicalJson(document.best?.variant ?? {})
  return found.find(({ variant }) => canonicalJson(variant) === best) ?? found[0]
}

function readOutputs(
  cache: Cache,
  evaluate: RunStage,
  { runs }: ReportFolders,
  run: string,
): Pick<ReportInput, 'verdict' | 'thresholds' | 'pictures'> | undefined {
  const verdict = readJsonOutput(cache, evaluate, 'verdict') as Verdict | undefined
  const thresholds = readJsonOutput(cache, evaluate, 'thresholds') as Thresholds | undefined
  if (verdict === undefined || thresholds === undefined) return undefined
  const kept = readKeptPictures(join(runs, run))
  const pictures = Object.hasOwn(kept, evaluate.address) ? Object.entries(kept[evaluate.address]) : []
  const read = pictures.flatMap(([item, digest]) => {
    const thumbnails = readThumbnails(cache, digest as Digest)
    return thumbnails === undefined ? [] : [[item, thumbnails] as const]
  })
  return { verdict, thresholds, pictures: new Map(read) }
}

function readThumbnails(cache: Cache, digest: Digest): Thumbnails | undefined {
  try {
    const bytes = cache.objects.read(digest)
    const [image, heat, predicted, truth] = ['', 'Heat', 'Predicted', 'Truth'].map((name) =>
      readPicture(bytes, `thumbnail${name}`)?.slice(),
    )
    return image === undefined || heat === undefined ? undefined : { image, heat, predicted, truth }
  } catch (error) {
    if (error instanceof DamagedEntry) return undefined // evicted since, or damaged: the next run makes it again
    throw error
  }
}

/** With their keys' pre-images, and with what happened when they were computed, in whatever run that was. */
function withHistories(stages: readonly RunStage[], { runs }: ReportFolders, { run }: RunDocument): ReportedStage[] {
  const known = new Map<string, ReturnType<typeof readHappenings>>()
  const happenedIn = (id: string, stage: RunStage): Happenings => {
    if (!known.has(id)) known.set(id, readHappenings(join(runs, id)))
    return known.get(id)!.get(stageName(stage)) ?? { metrics: new Map() }
  }
  return stages.map((stage) => {
    const manifest = manifestOf(runs, stage)
    const { metrics } = happenedIn(stage.sourceRun ?? run, stage)
    return { ...stage, ...(manifest && { manifest }), happened: { ...happenedIn(run, stage), metrics } }
  })
}
