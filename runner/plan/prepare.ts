import { type Diagnostic, Failure } from '../../base/diagnostic.ts'
import { thinned } from '../../base/thinned.ts'
import { Cache } from '../../cache/cache.ts'
import type { ScanContext } from '../../stages/stage.ts'
import type { Folders } from '../environment.ts'
import type { EventBody } from '../events.ts'
import { decoderInKeys, engineInKeys } from '../library-versions.ts'
import { fromRoot } from '../from-root.ts'
import { IndexWriter } from '../index-writer.ts'
import { KnownFacts } from '../known-facts.ts'
import { Lineage, lineageOf, listDigest } from '../lineage.ts'
import type { Variables } from '../command/variables.ts'
import { lostHost } from '../lost-host.ts'
import { type ProjectFiles, scanProjectFiles } from '../project-files.ts'
import { scanContext } from '../scan-context.ts'
import type { Spec, SpecStage } from '../spec/spec.ts'
import type { TaskHost } from '../task-host.ts'
import type { TaskOutcome } from '../task-runner.ts'
import { readRegisteredWeights } from '../weights.ts'
import { CostBook } from './cost-book.ts'
import { checkOutputs } from './check-outputs.ts'
import { applyInspections, rememberInspection, type Uninspected, uninspected } from './inspect-sources.ts'
import { findWeights, type KnownWeights } from './known-weights.ts'
import { noteDecoding } from './own-costs.ts'
import { ItemTable } from './item-table.ts'
import { makeTables, type Table } from './tables.ts'
import type { Choice } from './targets.ts'

const PROGRESS_EVERY_MS = 100

/** Everything a plan rests on: the wanted stages, their items, weights and the cache. */
export interface Prepared {
  readonly spec: Spec
  readonly stages: readonly SpecStage[]
  readonly lineage: Lineage
  readonly cache: Cache
  readonly engine: string
  /** Library versions as they stand in keys. */
  readonly versions: { readonly engine: string; readonly decoder: string }
  readonly tables: ReadonlyMap<string, Table>
  readonly weights: KnownWeights
  readonly costs: CostBook
  /** Light stages and commands side by side. */
  readonly jobs: number
  /** Pictures that a run would have to decode once first. */
  readonly undecoded: number
  /** What decoding took just now, ms. */
  readonly decodedMs: number
  /** By address of the stages that read files of the project by themselves. */
  readonly projectFiles: ReadonlyMap<string, ProjectFiles>
  readonly diagnostics: readonly Diagnostic[]
  readonly variables: Variables
  readonly choice: Choice
  isForced(stage: SpecStage): boolean
  /** What an `each` stage made in the last successful run. */
  itemTable(stage: SpecStage): ItemTable | undefined
  /** Whether a list stage gives the table of the last successful run. */
  isKnownList(stage: SpecStage): boolean
}

export interface PrepareOptions {
  readonly spec: Spec
  readonly specPath: string
  readonly choice: Choice
  readonly folders: Folders
  readonly cache: Cache
  readonly engine: string
  readonly jobs: number
  readonly variables: Variables
  readonly signal: AbortSignal
  readonly emit: (event: EventBody) => void
  /** Decodes what was never decoded; left out, planning reads names, headers and digests only. */
  readonly host?: TaskHost
  /** Opens no file of the data. */
  readonly peek?: true
}

export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const { spec, choice, cache, folders, engine } = options
  const { stages } = choice
  const weights = findWeights(stages, await readRegisteredWeights(folders.weights))
  const emitProgress = thinned(PROGRESS_EVERY_MS, (done, total, what: 'reading' | 'decoding') =>
    options.emit({ type: 'plan.progress', what, done, total }),
  )
  const lineage = new Lineage(lineageOf(options.specPath, folders.root), cache)
  const writer = new IndexWriter(cache)
  const contextWith = (facts: KnownFacts, unread?: () => void): ScanContext =>
    scanContext({
      cache,
      facts,
      writer,
      root: folders.root,
      seed: spec.seed,
      readers: options.jobs,
      signal: options.signal,
      progress: (done, total) => emitProgress(done, total, 'reading'),
      ...(unread && { unread }),
      ...(options.peek && { peek: options.peek }),
    })
  let undecoded = 0
  let decodedMs = 0
  const complete: Parameters<typeof makeTables>[2] = async (stage, scan) => {
    const facts = new KnownFacts(cache, lineage.name(stage.address))
    const { table, ...scanned } = await scan(contextWith(facts, () => options.host?.warmUp()))
    const unknown = uninspected(table, facts)
    if (options.host === undefined) undecoded += unknown.length
    else if (unknown.length > 0) {
      const started = performance.now()
      await decode(unknown, table, { ...options, host: options.host, emitProgress, facts, writer })
      decodedMs += performance.now() - started
    }
    if (options.peek !== true) facts.keep(writer)
    const inspected = applyInspections(table, facts, stage, folders.root)
    return { table: inspected.table, diagnostics: [...scanned.diagnostics, ...inspected.diagnostics] }
  }
  const { tables, diagnostics } = await makeTables(stages, spec, complete).finally(() => writer.settled())
  const context = contextWith(new KnownFacts(cache, lineage.spec))
  const projectFiles = await scanProjectFiles(stages, { root: folders.root, cache, context })
  await writer.flush()
  return {
    spec,
    stages,
    choice,
    lineage,
    cache,
    engine,
    versions: { engine: engineInKeys(engine), decoder: decoderInKeys() },
    tables,
    weights,
    costs: new CostBook(cache, stages, tables),
    undecoded,
    decodedMs,
    jobs: options.jobs,
    projectFiles: projectFiles.of,
    variables: options.variables,
    diagnostics: [
      ...checkOutputs(spec.outputs, stages, folders.root),
      ...weights.diagnostics,
      ...diagnostics,
      ...projectFiles.diagnostics,
    ],
    isForced: ({ address }) => choice.forced.has(address),
    itemTable: ({ address }) => {
      const record = cache.index.itemTables.get(lineage.name(address))
      return record && new ItemTable(record, cache.objects.segments)
    },
    isKnownList: ({ address }) => {
      const table = tables.get(address)
      return table !== undefined && lineage.last(address)?.key === listDigest(table)
    },
  }
}

/** Decodes what was never decoded, in the host. */
async function decode(
  unknown: readonly Uninspected[],
  { files }: Table,
  { cache, host, signal, folders, emitProgress, facts, writer }: DecodeOptions,
): Promise<void> {
  const started = performance.now()
  const sources = new Map(unknown.flatMap(({ digest }) => (files.has(digest) ? [[digest, files.get(digest)!]] : [])))
  const outcome = await host.run(
    { type: 'inspect', sources: unknown, files: sources },
    (message) => {
      if (message.type === 'inspected') rememberInspection(facts, message, message.inspection, writer)
      if (message.type === 'progress') emitProgress(message.done, message.total, 'decoding')
    },
    signal,
  )
  writer.add(() => noteDecoding(cache, unknown.length, performance.now() - started))
  await writer.flush()
  signal.throwIfAborted()
  if (outcome.type !== 'done') throw decodingEnded(outcome, folders.root)
}

type DecodeOptions = Pick<PrepareOptions, 'cache' | 'signal' | 'folders'> & {
  readonly host: TaskHost
  readonly emitProgress: (done: number, total: number, what: 'reading' | 'decoding') => void
  readonly facts: KnownFacts
  readonly writer: IndexWriter
}

/** A file that went or changed meanwhile, or a lost host, as a failure; whatever else ends decoding is a bug. */
function decodingEnded(outcome: TaskOutcome, root: string): Error {
  if (outcome.type === 'lost') return failureOf(lostHost(outcome))
  if (outcome.type === 'failed' && outcome.diagnostic.code !== 'E601')
    return failureOf(fromRoot(outcome.diagnostic, root))
  return new Error(`Internal error: ${outcome.type === 'failed' ? outcome.diagnostic.message : outcome.type}`)
}

const failureOf = (diagnostic: Diagnostic): Failure => new Failure(diagnostic.code, diagnostic.message, diagnostic)
