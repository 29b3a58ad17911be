import { sourceDigest } from '../artifacts/items.ts'
import { Failure } from '../base/diagnostic.ts'
import { Cache } from '../cache/cache.ts'
import { foldersOf } from './environment.ts'
import { exitOf } from './exit-codes.ts'
import { openSpec } from './open-spec.ts'
import { classify } from './plan/classify.ts'
import { type Prepared, prepare } from './plan/prepare.ts'
import { selectStages } from './plan/targets.ts'
import { findSpec } from './spec/find.ts'
import type { PlanOutcome, PlanRequest } from './request.ts'
import { TaskHost } from './task-host.ts'

const NOTHING = { stages: [], variants: 0, images: 0, masks: 0 }

/** What a run would do, why and at what price; reads names, headers and digests, computes and writes nothing but the stat cache. */
export async function planPipeline(request: PlanRequest): Promise<PlanOutcome> {
  const found = await findSpec(request.spec.argument, request.spec)
  if (!found.ok) return { ...NOTHING, exit: exitOf([found.error]), diagnostics: [found.error], sources: new Map() }
  const opened = await openSpec(request, found.value)
  const nothing = { ...NOTHING, sources: opened.sources }
  if (!opened.ok) return { ...nothing, exit: exitOf(opened.diagnostics), diagnostics: opened.diagnostics }
  const { spec, sources } = opened
  const selected = selectStages(spec, request.targets)
  const folders = foldersOf(request.spec.root, request.environment)
  const host = request.decode === true ? new TaskHost() : undefined
  try {
    const cache = new Cache(folders.cache)
    try {
      const prepared = await prepare({
        spec,
        specPath: found.value,
        stages: selected.stages,
        folders,
        cache,
        engine: request.engine,
        jobs: request.jobs,
        force: request.noCache ? true : request.force,
        targets: request.targets,
        variables: request.environment.variables,
        signal: request.signal,
        emit: (event) => {
          if (event.type === 'plan.progress') request.onProgress?.(event.what, event.done, event.total)
        },
        ...(host && { host }),
      })
      const diagnostics = [...opened.diagnostics, ...selected.diagnostics, ...prepared.diagnostics]
      const exit = exitOf(diagnostics)
      if (diagnostics.some(({ severity, code }) => severity === 'error' && !code.startsWith('E3')))
        return { ...nothing, exit, diagnostics }
      const { planned, bill } = classify(prepared)
      return {
        exit,
        diagnostics,
        sources,
        name: spec.name,
        path: spec.path,
        protocol: spec.protocol,
        seed: spec.seed,
        stages: planned,
        bill,
        variants: spec.variants.length,
        ...countPictures(prepared),
      }
    } finally {
      await cache.close()
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const diagnostics = [...opened.diagnostics, error.diagnostic]
    return { ...nothing, exit: exitOf(diagnostics), diagnostics, sources }
  } finally {
    host?.kill()
  }
}

/** Images and masks as they were acquired, before copies. */
function countPictures({ stages, tables }: Prepared): { images: number; masks: number } {
  const items = stages
    .filter(({ kind }) => kind.shape === 'source')
    .flatMap(({ address }) => tables.get(address)!.items)
  return {
    images: items.length,
    masks: new Set(items.flatMap(({ mask }) => (mask === undefined ? [] : [sourceDigest(mask.source)]))).size,
  }
}
