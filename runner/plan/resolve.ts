import type { Column, Item } from '../../artifacts/items.ts'
import { type ArtifactKind, isPerItem } from '../../artifacts/kinds.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { type Digest, digestValue } from '../../base/digest.ts'
import type { Cache } from '../../cache/cache.ts'
import type { ActionRecord, ItemRecord, StoredObject } from '../../cache/records.ts'
import { type EachKind, type Port, portOf, type RunKind } from '../../stages/stage.ts'
import type { TaskInput, TaskRow } from '../host/protocol.ts'
import {
  columnValue,
  isOpen,
  itemKeyOf,
  itemReading,
  keyManifest,
  type KeyManifest,
  keyOf,
  type ManifestInput,
  PROJECT_FILES,
  seesPixels,
} from '../key.ts'
import type { ProjectFiles } from '../project-files.ts'
import type { SpecStage } from '../spec/spec.ts'
import type { ItemTable } from './item-table.ts'
import { itemsOf, type Outcome, type ResolvedRow } from './outcome.ts'
import type { Table } from './tables.ts'
import { refuseTestImages, testImageBehind } from './test-lineage.ts'

export type ComputingKind = EachKind | RunKind

/** A computing stage whose inputs are known: its key, its inputs as a task needs them, and what of it is in the cache. */
export interface Resolved {
  readonly stage: SpecStage
  readonly kind: ComputingKind
  readonly key: Digest
  readonly manifest: KeyManifest
  readonly table: Table
  /** As a task needs them; of per-item inputs, where `only` is given, no other items. */
  readonly inputs: (only?: ReadonlySet<Digest>) => Readonly<Record<string, TaskInput>>
  readonly projectFiles?: ProjectFiles
  readonly feeding: Feeding
  /** Items of an `each` stage; empty for `run` kinds. */
  readonly rows: readonly ResolvedRow[]
  /** Of an `each` stage, digest of what it reads of all items. */
  readonly list?: Digest
  /** Key of an `each` stage without its items: its header and the costs per item are kept under it. */
  readonly base: Digest
  /** See `Outcome`. */
  readonly testImage?: string
  /** Why the stage must not run: a test image would be trained on. Looked for when it is due. */
  readonly refusal: () => Diagnostic | undefined
  /** The finished outcome, if everything is in the cache. */
  readonly outcome?: Outcome
}

export interface ResolveContext {
  readonly cache: Cache
  readonly seed: number
  readonly engine: string
  readonly decoder: string
  readonly weights: Digest | undefined
  readonly projectFiles: ProjectFiles | undefined
  readonly environment: KeyManifest['environment'] | undefined
  /** Results in the cache are not looked at. */
  readonly forced: boolean
  /** What an `each` stage made in the last successful run. */
  readonly last: () => ItemTable | undefined
}

/** Port name -> the outcome it is fed by. */
export type Feeding = ReadonlyMap<string, Outcome>

export function resolveStage(
  stage: SpecStage,
  kind: ComputingKind,
  feeding: Feeding,
  context: ResolveContext,
): Resolved {
  const reads = kind.reads?.(stage.settings)
  const ports = [...feeding]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, from]) => bindAll(name, { ...portOf(kind, name), ...reads }, from))
  const parts = {
    kind,
    settings: stage.settings,
    seed: context.seed,
    engine: context.engine,
    decoder: context.decoder,
    weights: context.weights,
    environment: context.environment,
    pixels: ports.some(({ port, artifact }) => isOpen(port) && seesPixels({ ...port, accepts: [artifact] })),
  }
  const inputs: Resolved['inputs'] = (only) => Object.fromEntries(ports.map((port) => [port.name, port.input(only)]))
  const lineage = testLineage(kind, ports)
  if (kind.shape === 'run') {
    const { projectFiles } = context
    const manifest = keyManifest({
      ...parts,
      inputs: {
        ...Object.fromEntries(ports.map((port) => [port.name, port.manifest])),
        ...(projectFiles && { [PROJECT_FILES]: { digest: projectFiles.digest, items: projectFiles.count } }),
      },
    })
    const key = keyOf(manifest)
    const resolved = {
      ...(projectFiles && { projectFiles }),
      stage,
      kind,
      key,
      base: key,
      manifest,
      table: tableOf(ports),
      inputs,
      feeding,
      rows: [],
      ...lineage,
    }
    return withOutcome(resolved, context, () => wholeOutcome(resolved, context.cache))
  }
  const base = keyOf(
    keyManifest({ ...parts, inputs: Object.fromEntries(ports.map((port) => [port.name, withoutItems(port)])) }),
  )
  const over = ports.find(({ name }) => name === kind.over)
  const list = digestValue(
    'lists',
    ports.flatMap(({ items, manifest }) => (items === undefined ? [] : [manifest.digest])),
  )
  const rows = resolveRows(over?.items ?? [], { base, list, ports }, context)
  const items = {
    digest: digestValue(
      'items',
      rows.map(({ key }) => key),
    ),
    items: rows.length,
  }
  const manifest = keyManifest({
    ...parts,
    inputs: Object.fromEntries(ports.map((port) => [port.name, port.name === kind.over ? items : port.manifest])),
  })
  const resolved = {
    stage,
    kind,
    key: keyOf(manifest),
    base,
    list,
    manifest,
    table: tableOf(ports),
    inputs,
    feeding,
    rows,
    ...lineage,
  }
  return withOutcome(resolved, context, () => eachOutcome(resolved, context.cache))
}

function testLineage(kind: ComputingKind, ports: readonly BoundPort[]): Pick<Resolved, 'testImage' | 'refusal'> {
  const testImage = testImageBehind(kind, ports)
  return { ...(testImage !== undefined && { testImage }), refusal: () => refuseTestImages(kind, ports) }
}

/** A port with `many` takes all that its feeder gives and it accepts; where that is several, the names end in the artifact. */
function bindAll(name: string, port: Port, from: Outcome): BoundPort[] {
  if (port.many === undefined) return [bind(name, port, from)]
  const given = from.stage.kind.gives.filter((artifact) => port.accepts.includes(artifact))
  return given.map((artifact) =>
    bind(given.length === 1 ? name : `${name}.${artifact}`, { ...port, accepts: [artifact] }, from),
  )
}

interface BoundPort {
  readonly name: string
  readonly port: Port
  readonly from: Outcome
  readonly artifact: ArtifactKind
  readonly input: (only?: ReadonlySet<Digest>) => TaskInput
  readonly manifest: ManifestInput
  /** Items the port reads, for per-item kinds. */
  readonly items?: readonly Item[]
}

function bind(name: string, port: Port, from: Outcome): BoundPort {
  const artifact = port.accepts.find((kind) => from.stage.kind.gives.includes(kind))!
  if (!isPerItem(artifact)) {
    const { digest } = from.whole[artifact]!
    return {
      name,
      port,
      from,
      artifact,
      input: () => ({ type: 'whole', kind: artifact, digest }),
      manifest: { digest },
    }
  }
  const items = itemsOf(from.table, port.splits)
  const value = (item: Item): StoredObject | undefined => from.values.get(item.image.digest)
  const readings = items.map((item) => itemReading(port, item, value(item)?.digest))
  return {
    name,
    port,
    from,
    artifact,
    items,
    manifest: { digest: digestValue('items', [from.header ?? null, ...readings]), items: items.length },
    input: (only) => ({
      type: 'items',
      kind: artifact,
      header: from.header ?? null,
      items: items
        .filter(({ image }) => only?.has(image.digest) ?? true)
        .map((item) => toRow(item, port, value(item)?.digest)),
    }),
  }
}

function toRow(item: Item, port: Port, value: Digest | undefined): TaskRow {
  const wanted = (port.columns ?? []).filter(
    (column): column is Exclude<Column, 'mask' | 'split' | 'image'> => !['mask', 'split', 'image'].includes(column),
  )
  const columns = Object.fromEntries(wanted.map((column) => [column, item[column]]))
  const mask = port.columns?.includes('mask') === true ? item.mask : undefined
  return {
    image: item.image,
    copy: item.copy,
    split: item.split,
    columns,
    ...(mask && { mask }),
    ...(value && { value }),
  }
}

/** What a stage reads of an item through every per-item port, and nothing of the other items. */
function itemReader(ports: readonly BoundPort[]): (item: Item) => Digest {
  const perItem = ports.filter(({ items }) => items !== undefined)
  const readingOf = (item: Item, { port: { columns = [] }, from }: BoundPort): unknown[] => [
    from.stage.kind.gives.includes('images') ? item.image.digest : (from.values.get(item.image.digest)?.digest ?? null),
    ...columns.map((column) => columnValue(item, column)),
  ]
  return (item) =>
    digestValue(
      'reading',
      perItem.flatMap((port) => readingOf(item, port)),
    )
}

/** Keys and records of all items; of those that the last run had, from what it kept together. */
function resolveRows(
  items: readonly Item[],
  { base, list, ports }: { readonly base: Digest; readonly list: Digest; readonly ports: readonly BoundPort[] },
  { cache, forced, last }: ResolveContext,
): ResolvedRow[] {
  const reading = itemReader(ports)
  const known = forced ? undefined : last()
  // Of a second list of items another part may be read than its own digest is about.
  const isSame = known?.isOf(base, list) === true && ports.filter((port) => port.items !== undefined).length === 1
  const isThere = ({ digest }: ItemRecord): boolean => known?.isUntouched === true || cache.objects.has(digest)
  return items.map((item, i) => {
    const key = isSame ? known.key(i) : itemKeyOf(base, reading(item))
    if (forced) return { item, key }
    const row = isSame ? i : known?.base === base ? known.rowOf(key) : undefined
    const kept = row === undefined ? undefined : known?.record(row)
    const record = kept !== undefined && isThere(kept) ? kept : cache.item(key)
    return record === undefined ? { item, key } : { item, key, record }
  })
}

/** A per-item input without its items: only what its producer says of all of them. */
const withoutItems = ({ items, from, manifest }: BoundPort): ManifestInput =>
  items === undefined ? manifest : { digest: digestValue('header', from.header ?? null) }

const tableOf = (ports: readonly BoundPort[]): Table => {
  const carriers = ports.filter(({ items }) => items !== undefined)
  return carriers.at(0)?.from.table ?? { items: [], files: new Map(), onBad: 'fail' }
}

function withOutcome(resolved: Resolved, { forced }: ResolveContext, look: () => Outcome | undefined): Resolved {
  const outcome = forced ? undefined : look()
  return outcome === undefined ? resolved : { ...resolved, outcome }
}

function wholeOutcome(resolved: Resolved, cache: Cache): Outcome | undefined {
  const action = cache.action(resolved.key)
  return action && outcomeOfAction(resolved, action)
}

/** What a stage that computes all at once hands on, made as an action says. */
export function outcomeOfAction(
  { stage, key, manifest, table, testImage }: Resolved,
  { outputs: whole, cost, run, warnings }: ActionRecord,
): Outcome {
  return {
    stage,
    table,
    key,
    manifest,
    whole,
    values: new Map(),
    costMs: cost.wallMs,
    run,
    warnings,
    ...(testImage !== undefined && { testImage }),
  }
}

/** The same once more, with what another process has put into the cache meanwhile. */
export function lookAgain(resolved: Resolved, cache: Cache): Resolved {
  if (resolved.outcome !== undefined) return resolved
  if (resolved.kind.shape === 'run') {
    const outcome = wholeOutcome(resolved, cache)
    return outcome === undefined ? resolved : { ...resolved, outcome }
  }
  const found = new Map<ResolvedRow, ItemRecord>()
  for (const row of resolved.rows) {
    const record = row.record === undefined ? cache.item(row.key) : undefined
    if (record !== undefined) found.set(row, record)
  }
  if (found.size === 0) return resolved
  const rows = resolved.rows.map((row) => {
    const record = found.get(row)
    return record === undefined ? row : { ...row, record }
  })
  const outcome = eachOutcome({ ...resolved, rows }, cache)
  return { ...resolved, rows, ...(outcome && { outcome }) }
}

/** The outcome of an `each` stage once every row has its record and the header is known. */
export function eachOutcome(resolved: Resolved, cache: Cache): Outcome | undefined {
  if (resolved.rows.some(({ record }) => record === undefined)) return undefined
  return partialOutcome(resolved, cache) ?? (resolved.rows.length === 0 ? outcomeOf(resolved, null) : undefined)
}

/** The same with the values there are, for stages that read no others; undefined where not even the header is known. */
export function partialOutcome(resolved: Resolved, cache: Cache): Outcome | undefined {
  const header = cache.index.headers.get(resolved.base)
  return header === undefined ? undefined : outcomeOf(resolved, header)
}

function outcomeOf({ stage, key, manifest, table, rows, base, list, testImage }: Resolved, header: unknown): Outcome {
  const found = rows.flatMap(({ item, record }) => (record === undefined ? [] : [[item.image.digest, record] as const]))
  const values = new Map(found.map(([digest, { digest: value, bytes }]) => [digest, { digest: value, bytes }]))
  return {
    stage,
    table,
    key,
    manifest,
    header,
    whole: {},
    values,
    made: { base, list: list!, rows },
    costMs: found.reduce((sum, [, { wallMs }]) => sum + wallMs, 0),
    ...(testImage !== undefined && { testImage }),
    ...mainRun(found.map(([, { run }]) => run)),
  }
}

/** The run that stands most often. */
function mainRun(runs: readonly string[]): { run?: string } {
  const counts = new Map<string, number>()
  for (const run of runs) counts.set(run, (counts.get(run) ?? 0) + 1)
  const main = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), ['', 0])
  return main[1] === 0 ? {} : { run: main[0] }
}
