import { sourceDigest } from '../artifacts/items.ts'
import { Failure } from '../base/diagnostic.ts'
import { Cache } from '../cache/cache.ts'
import { type Folders, foldersOf } from './environment.ts'
import { exitOf } from './exit-codes.ts'
import { openSpec } from './open-spec.ts'
import { type Classified, classify } from './plan/classify.ts'
import { type Prepared, prepare } from './plan/prepare.ts'
import { chooseStages } from './plan/targets.ts'
import { findSpec } from './spec/find.ts'
import type { Findings, PlanOutcome, PlanRequest } from './request.ts'
import type { Spec } from './spec/spec.ts'
import { TaskHost } from './task-host.ts'

/** A plan while its cache is open: what `plan`, `check`, `why`, `status` and `graph` look at. */
export interface OpenPlan {
  readonly spec: Spec
  readonly specPath: string
  readonly folders: Folders
  readonly prepared: Prepared
  readonly classified: Classified
}

/** What was made of a plan; nothing where the spec or its data are at fault. */
export interface Planned<T> extends Findings {
  readonly exit: number
  readonly made?: T
}

/** What a run would do, why and at what price; reads names, headers and digests, computes nothing, and writes nothing but the cache's notes on files and the spec. */
export async function planPipeline(request: PlanRequest): Promise<PlanOutcome> {
  const { made, ...findings } = await withPlan(request, ({ spec, prepared, classified: { planned, bill } }) => ({
    name: spec.name,
    path: spec.path,
    protocol: spec.protocol,
    seed: spec.seed,
    stages: planned,
    bill,
    variants: spec.variants.length,
    ...countPictures(prepared),
  }))
  return { stages: [], variants: 0, images: 0, masks: 0, ...made, ...findings }
}

/** Plans, and makes of it what is asked while the cache is open. */
export async function withPlan<T>(request: PlanRequest, make: (plan: OpenPlan) => T): Promise<Planned<T>> {
  const found = await findSpec(request.spec.argument, request.spec)
  if (!found.ok) return { exit: exitOf([found.error]), diagnostics: [found.error], sources: new Map() }
  const opened = await openSpec(request, found.value)
  const { sources } = opened
  if (!opened.ok) return { exit: exitOf(opened.diagnostics), diagnostics: opened.diagnostics, sources }
  const { spec } = opened
  const selected = chooseStages(spec, request)
  if (selected.diagnostics.length > 0) {
    const diagnostics = [...opened.diagnostics, ...selected.diagnostics]
    return { exit: exitOf(diagnostics), diagnostics, sources }
  }
  const folders = foldersOf(request.spec.root, request.environment)
  const host = request.decode === true ? new TaskHost() : undefined
  try {
    const cache = new Cache(folders.cache)
    opened.keep()
    try {
      const prepared = await prepare({
        spec,
        specPath: found.value,
        choice: selected.choice,
        folders,
        cache,
        engine: request.engine,
        jobs: request.jobs,
        variables: request.environment.variables,
        signal: request.signal,
        emit: (event) => {
          if (event.type === 'plan.progress') request.onProgress?.(event.what, event.done, event.total)
        },
        ...(host && { host }),
        ...(request.peek && { peek: request.peek }),
      })
      const diagnostics = [...opened.diagnostics, ...prepared.diagnostics]
      const exit = exitOf(diagnostics)
      if (diagnostics.some(({ severity, code }) => severity === 'error' && !code.startsWith('E3')))
        return { exit, diagnostics, sources }
      const plan = { spec, specPath: found.value, folders, prepared, classified: classify(prepared) }
      const refused = plan.classified.diagnostics
      if (refused.length > 0) return { exit: exitOf(refused), diagnostics: [...diagnostics, ...refused], sources }
      return { exit, diagnostics, sources, made: make(plan) }
    } finally {
      await cache.close()
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const diagnostics = [...opened.diagnostics, error.diagnostic]
    return { exit: exitOf(diagnostics), diagnostics, sources }
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
