import { type Item, sourceDigest } from '../artifacts/items.ts'
import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import type { Digest } from '../base/digest.ts'
import { plural } from '../base/format.ts'
import { faultPoint } from '../base/fault.ts'
import { unreachable } from '../base/unreachable.ts'
import type { Cache } from '../cache/cache.ts'
import { removeCheckpoint } from '../cache/checkpoints.ts'
import type { ItemRecord, StoredObject } from '../cache/records.ts'
import type { EventBody, ItemCounts } from './events.ts'
import type { TaskUsage, WeightsFile } from './host/protocol.ts'
import type { IndexWriter } from './index-writer.ts'
import type { CostBook } from './plan/cost-book.ts'
import type { Outcome } from './plan/outcome.ts'
import { eachOutcome, outcomeOfAction, type Resolved } from './plan/resolve.ts'
import type { Table } from './plan/tables.ts'
import { type Variables, variablesOf } from './command/variables.ts'
import { fromRoot } from './from-root.ts'
import { progressMeter } from './progress.ts'
import { damageBehind } from './damage.ts'
import { lostHost } from './lost-host.ts'
import { otherBytes, sameOutputs, some } from './other-bytes.ts'
import { logFile, StageLog } from './stage-log.ts'
import type { TaskMessage, TaskOutcome, TaskRunners, UnnumberedStageTask } from './task-runner.ts'

export interface ComputeContext {
  readonly run: string
  readonly root: string
  readonly runFolder: string
  readonly seed: number
  readonly threads: number
  readonly cache: Cache
  readonly writer: IndexWriter
  readonly costs: CostBook
  readonly runners: TaskRunners
  readonly weights: readonly WeightsFile[]
  readonly variables: Variables
  readonly ownWeights: ReadonlyMap<string, Digest>
  readonly emit: (event: EventBody) => void
  readonly signal: AbortSignal
  /** GPU ids lent to the stage. */
  readonly devices?: readonly string[]
}

export type Computed = { readonly usage: TaskUsage; readonly wallMs: number } & (
  | { readonly type: 'done'; readonly outcome: Outcome; readonly items?: ItemCounts }
  | { readonly type: 'failed'; readonly diagnostic: Diagnostic }
  | { readonly type: 'damaged'; readonly digest: Digest; readonly found: string }
  | { readonly type: 'cancelled' }
)

/** Sends a resolved stage to where its kind runs and publishes what comes back: item by item for `each` kinds, whole for `run` kinds. */
export async function computeStage(resolved: Resolved, context: ComputeContext): Promise<Computed> {
  const { stage, key, base } = resolved
  const refusal = resolved.refusal()
  if (refusal !== undefined)
    return {
      type: 'failed',
      diagnostic: { at: stage.placeOf(), ...refusal },
      wallMs: 0,
      usage: { cpuMs: 0, rssBytes: 0 },
    }
  const { cache, writer } = context
  const event = { stage: stage.name, variant: stage.variant, key }
  const log = new StageLog(logFile(context.runFolder, stage.address, key))
  const started = performance.now()
  const records = new Map<Digest, ItemRecord>()
  const warnings: Diagnostic[] = []
  /** Items that gave other bytes than before. */
  const differing: string[] = []
  const stale = resolved.rows.filter(({ record }) => record === undefined)
  const due = new Map(stale.map((row) => [row.item.image.digest, row]))
  const meter = progressMeter((progress) => context.emit({ type: 'stage.progress', ...event, ...progress }))

  const listen = (message: TaskMessage): void => {
    switch (message.type) {
      case 'progress':
        return meter(message.done, message.total, message.unit)
      case 'metric':
        return context.emit({ ...message, type: 'stage.metric', ...event })
      case 'log':
        log.write(message.text)
        return context.emit({ type: 'stage.log', ...event, level: message.level, text: message.text })
      case 'warn':
        warnings.push(message.diagnostic)
        return context.emit({
          type: 'diagnostic',
          diagnostic: { at: stage.placeOf(), ...message.diagnostic },
          stage: stage.name,
          variant: stage.variant,
        })
      case 'header':
        return writer.add(() => void cache.index.headers.put(base, message.header))
      case 'item': {
        const record = { ...message.stored, wallMs: message.wallMs, run: context.run, madeMs: Date.now() }
        const { key: itemKey, item } = due.get(message.item)!
        const before = cache.item(itemKey)
        if (before !== undefined && before.digest !== record.digest) {
          differing.push(item.id)
          records.set(message.item, before)
          return
        }
        records.set(message.item, record)
        return writer.add(() => void cache.index.items.put(itemKey, record))
      }
      case 'inspected':
        return
      default:
        return unreachable(message)
    }
  }

  const result = await runTask(describe(resolved, context), resolved.kind.runs ?? 'host', listen, context)
  const wallMs = performance.now() - started
  const end = { wallMs, usage: ('usage' in result ? result.usage : undefined) ?? NO_USAGE }
  const finish = async (computed: Computed): Promise<Computed> => {
    if (computed.type === 'failed') {
      log.write(`error ${computed.diagnostic.code} ${computed.diagnostic.message}`)
      if (computed.diagnostic.code === 'E501') await writer.flush().catch(() => {}) // the same full disk, told once
    }
    log.close()
    return computed
  }
  const failed = (diagnostic: Diagnostic): Computed => ({
    ...end,
    type: 'failed',
    diagnostic: fromRoot({ at: stage.placeOf(), ...diagnostic }, context.root),
  })
  switch (result.type) {
    case 'cancelled':
      await writer.flush()
      return finish({ ...end, type: 'cancelled' })
    case 'damaged':
      return finish({ ...end, type: 'damaged', digest: result.digest, found: result.found })
    case 'lost':
      return finish(failed((await damageBehind(result, cache.folder)) ?? lostHost(result)))
    case 'failed':
      return finish(failed((await damageBehind(result, cache.folder)) ?? result.diagnostic))
    case 'measured':
      throw new Error('Internal error: a stage was answered with a measurement')
    case 'done': {
      const each = resolved.kind.shape === 'each'
      const total = resolved.rows.length
      const made: readonly StoredObject[] = each
        ? [...records.values()]
        : [...Object.values(result.outputs), ...result.parts]
      const bytes = made.reduce((sum, stored) => sum + stored.bytes, 0)
      if (!each || stale.length > 0) {
        context.costs.note(stage, each ? stale.length : undefined, { ms: wallMs, bytes })
        writer.add(() => context.costs.write())
      }
      if (differing.length > 0)
        context.emit(otherBytes(stage, `${plural(differing.length, 'item')} (${some(differing)})`))
      const text = log.tail()
      if (text !== '') writer.add(() => void cache.index.logs.put(base, { run: context.run, text }))
      try {
        const outcome = each
          ? await publishItems(resolved, context, records)
          : await publishWhole(resolved, context, result, { wallMs, ...end.usage }, warnings)
        const items = each ? { items: { total, computed: records.size, reused: total - stale.length } } : {}
        return await finish({ ...end, type: 'done', outcome, ...items })
      } catch (error) {
        if (error instanceof Failure) return await finish(failed(error.diagnostic))
        throw error
      }
    }
    default:
      return unreachable(result)
  }
}

/** A task host reads from the index what is committed, so what is on its way there is waited for. */
export async function runTask(
  task: UnnumberedStageTask,
  where: keyof TaskRunners,
  listen: (message: TaskMessage) => void,
  { writer, runners, signal }: ComputeContext,
): Promise<TaskOutcome> {
  if (where === 'host' || Object.values(task.inputs).some(({ type }) => type === 'items')) {
    try {
      await writer.flush()
    } catch (error) {
      if (error instanceof Failure) return { type: 'failed', diagnostic: error.diagnostic, usage: NO_USAGE }
      throw error
    }
  }
  return runners[where].run(task, listen, signal)
}

const NO_USAGE: TaskUsage = { cpuMs: 0, rssBytes: 0 }

/** A resolved stage as a task: plain data, with the items that have no record as those to compute. */
export function describe(
  { stage, kind, key, manifest, inputs, rows, table, projectFiles }: Resolved,
  context: ComputeContext,
  from: 'the start' | 'its checkpoint' = 'its checkpoint',
): UnnumberedStageTask {
  const due = rows.flatMap(({ item, record }) => (record === undefined ? [item] : []))
  const stale = due.map(({ image }) => image.digest)
  const own = context.ownWeights.get(stage.address)
  const memBytes = stage.control.resources.mem as number | undefined
  return {
    type: 'stage',
    address: stage.address,
    kind: kind.kind,
    version: kind.version,
    settings: stage.settings,
    seed: context.seed,
    engine: 'onnx-cpu',
    threads: context.threads,
    cacheFolder: context.cache.folder,
    inputs: kind.shape === 'each' ? inputs(new Set(stale)) : inputs(),
    root: context.root,
    projectFiles: projectFiles?.files ?? [],
    variables: variablesOf(stage, context.variables),
    files: manifest.decoder === undefined ? NO_FILES : kind.shape === 'each' ? filesOf(due, table) : table.files,
    weights: context.weights,
    ...(kind.shape === 'each' && { stale }),
    ...(kind.shape === 'run' && from === 'its checkpoint' && { checkpoint: key }),
    ...(own !== undefined && { ownWeights: own }),
    ...(memBytes !== undefined && { memBytes }),
    ...(context.devices !== undefined && context.devices.length > 0 && { devices: context.devices }),
  }
}

const NO_FILES: Table['files'] = new Map()

/** Where the pictures of some items lie. */
function filesOf(items: readonly Item[], { files }: Table): Table['files'] {
  const pictures = items.flatMap(({ image, mask }) => (mask === undefined ? [image] : [image, mask]))
  const sources = pictures.map(({ source }) => sourceDigest(source))
  return new Map(sources.flatMap((digest) => (files.has(digest) ? [[digest, files.get(digest)!]] : [])))
}

async function publishItems(
  resolved: Resolved,
  { cache, writer }: ComputeContext,
  records: ReadonlyMap<Digest, ItemRecord>,
): Promise<Outcome> {
  await writer.flush()
  const rows = resolved.rows.map((row) => ({ ...row, record: row.record ?? records.get(row.item.image.digest)! }))
  const outcome = eachOutcome({ ...resolved, rows }, cache)
  if (outcome === undefined) throw new Error(`Internal error: ${resolved.stage.address} ended with items missing`)
  return outcome
}

async function publishWhole(
  resolved: Resolved,
  { cache, writer, run, emit }: ComputeContext,
  result: {
    readonly outputs: Outcome['whole']
    readonly parts: readonly StoredObject[]
    readonly small: readonly Uint8Array[]
  },
  cost: { wallMs: number; cpuMs: number; rssBytes: number },
  warnings: readonly Diagnostic[],
): Promise<Outcome> {
  const { stage, key, manifest, kind } = resolved
  for (const bytes of result.small) {
    const { digest } = cache.objects.takeSmall(bytes)
    writer.add(
      () => {
        faultPoint('small-put')
        cache.objects.writeSmall(digest)
      },
      () => cache.objects.forgetWritten(digest),
    )
  }
  const before = cache.action(key)
  const action = {
    kind: kind.kind,
    outputs: result.outputs,
    parts: result.parts,
    cost,
    run,
    manifest,
    warnings,
    madeMs: Date.now(),
  }
  if (before === undefined) writer.add(() => void cache.index.actions.put(key, action))
  else if (!sameOutputs(before.outputs, result.outputs)) emit(otherBytes(stage, `its output of run ${before.run}`))
  // A stage on all cores waits for the disk and tells a full one as its own; one of many small ones leaves that to the run.
  if ((kind.runs ?? 'host') === 'host') {
    await writer.flush()
    removeCheckpoint(cache.folder, key)
  }
  return outcomeOfAction(resolved, { ...(before ?? action), cost })
}
