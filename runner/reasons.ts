import type { Item } from '../artifacts/items.ts'
import { canonicalJson } from '../base/canonical.ts'
import type { Place } from '../base/diagnostic.ts'
import { formatMoment } from '../base/moment.ts'
import type { Cache } from '../cache/cache.ts'
import type { FailureRecord, LineageRecord, ListsRecord, PackedList } from '../cache/records.ts'
import { type Port, portOf } from '../stages/stage.ts'
import type { Reason } from './events.ts'
import {
  FOUND,
  FOUND_FIELDS,
  foundList,
  compareLists,
  fileList,
  type ItemList,
  itemList,
  type ListChange,
  readsOf,
  unpackList,
} from './item-list.ts'
import { type KeyManifest, type ManifestInput, PROJECT_FILES } from './key.ts'
import { listDigest } from './lineage.ts'
import type { Outcome } from './plan/outcome.ts'
import type { Prepared } from './plan/prepare.ts'
import type { Resolved } from './plan/resolve.ts'
import type { ProjectFiles } from './project-files.ts'
import type { SpecStage } from './spec/spec.ts'

/** What an earlier run was, as far as reasons need it. */
export interface Before {
  readonly manifest: KeyManifest
  /** What a port read of each item then; undefined where that is not known. */
  readonly list: (port: string) => ItemList | undefined
  /** Whether a stage that feeds this one gave the same then; undefined where that is not known. */
  readonly gaveSame?: (from: Outcome) => boolean
}

/** The places of the values that a stage's own settings have. */
export interface Places {
  readonly seed?: Place
  readonly setting?: (path?: string) => Place
}

export const placesOf = (stage: SpecStage, { seedAt }: { readonly seedAt?: Place }): Places => ({
  setting: (path) => stage.originOf(path),
  ...(seedAt !== undefined && { seed: seedAt }),
})

/** Why a stage is due: against this spec's last successful run, and what became of its entry or its last attempt. */
export function reasonsFor(resolved: Resolved, prepared: Prepared): Reason[] {
  const { stage, key } = resolved
  const { lineage, cache } = prepared
  const last = lineage.last(stage.address)
  const failure = cache.index.failures.get(lineage.name(stage.address))
  if (last?.key === key) return [...goneReasons(resolved, cache), ...failed(failure)]
  const before = last && lastOf(stage.address, last, prepared)
  if (before === undefined) return [{ type: 'no-previous-run' }, ...failed(failure)]
  return [...changesBetween(resolved, before, placesOf(stage, prepared.spec)), ...failed(failure)]
}

/** What is sure to have changed of a stage whose inputs are not known yet: nothing where they alone decide. */
export function ownReasons(stage: SpecStage, manifest: KeyManifest, prepared: Prepared): Reason[] {
  const last = prepared.lineage.last(stage.address)
  return last === undefined
    ? []
    : ownChanges(stage.name, manifest, last.manifest as KeyManifest, placesOf(stage, prepared.spec))
}

/** The last successful run of a stage of this spec. */
export const lastOf = (address: string, last: LineageRecord, { cache, lineage }: Prepared): Before => ({
  ...beforeOf(last, () => cache.index.lists.get(lineage.name(address))),
  gaveSame: ({ stage, key, table }) => lineage.last(stage.address)?.key === (key ?? listDigest(table)),
})

export const beforeOf = (
  { manifest }: Pick<LineageRecord, 'manifest'>,
  lists: () => ListsRecord | undefined = () => undefined,
): Before => {
  let read: Partial<ListsRecord> | undefined
  const list = (port: string): ItemList | undefined => {
    const packed: PackedList | undefined = (read ??= lists() ?? {})[port]
    return packed && unpackList(packed)
  }
  return { manifest: manifest as KeyManifest, list }
}

/** Every difference of a resolved stage from what it was. */
export const changesBetween = (resolved: Resolved, before: Before, places: Places): Reason[] => [
  ...ownChanges(resolved.stage.name, resolved.manifest, before.manifest, places),
  ...inputChanges(resolved, before),
]

/** Differences that are the stage's own: kind, version, settings, seed, engine, decoder, weights. */
export function ownChanges(name: string, now: KeyManifest, before: KeyManifest, places: Places): Reason[] {
  const setting = (path: string, old: unknown, value: unknown, at: Place | undefined): Reason => ({
    type: 'spec-field-changed',
    path,
    old: old ?? null,
    new: value ?? null,
    ...(at && { at: placeText(at) }),
  })
  if (before.kind !== now.kind) return [setting(`${name}.uses`, before.kind, now.kind, places.setting?.())]
  const changes: Reason[] = []
  if (before.version !== now.version)
    changes.push({ type: 'stage-version-changed', old: before.version, new: now.version })
  for (const [path, old, value] of differences(before.settings, now.settings))
    changes.push(setting(path, old, value, places.setting?.(path)))
  if (before.seed !== now.seed) changes.push(setting('seed', before.seed, now.seed, places.seed))
  for (const field of ['engine', 'decoder', 'keyVersion'] as const) {
    const [old, value] = [before[field], now[field]]
    if (old !== value)
      changes.push({ type: 'env-changed', name: field, old: String(old ?? 'none'), new: String(value ?? 'none') })
  }
  for (const [variable, old, value] of differences(before.environment ?? {}, now.environment ?? {}))
    changes.push({ type: 'env-changed', name: variable, old: textOf(old), new: textOf(value) })
  if (before.weights !== now.weights)
    changes.push({
      type: 'weights-changed',
      name: 'weights',
      old: before.weights ?? 'none',
      new: now.weights ?? 'none',
    })
  return changes
}

/** Leaves in which two settings differ, by dotted path: `clahe.clip`. Lists differ as a whole. */
function differences(before: unknown, now: unknown, path: readonly string[] = []): [string, unknown, unknown][] {
  if (isMap(before) && isMap(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)])
    return [...names].flatMap((name) => differences(before[name], now[name], [...path, name]))
  }
  const same = canonicalJson(before ?? null) === canonicalJson(now ?? null)
  return same ? [] : [[path.join('.'), before, now]]
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : 'none')

function inputChanges({ stage, kind, manifest, feeding, projectFiles }: Resolved, before: Before): Reason[] {
  const inputsBefore: Readonly<Partial<Record<string, ManifestInput>>> = before.manifest.inputs
  const changed = Object.keys(manifest.inputs).filter(
    (port) => inputsBefore[port]?.digest !== manifest.inputs[port].digest,
  )
  const told = new Set<string>()
  return changed.flatMap((port): Reason[] => {
    const list = before.list(port)
    if (port === PROJECT_FILES) return fileReasons(list, projectFiles)
    const [binding, items] = [bindingOf(stage, port), feeding.get(port)?.table.items ?? []]
    const images = list === undefined || items.length === 0 ? [] : imageReasons(portOf(kind, port), list, items)
    const news = images.filter((reason) => !told.has(JSON.stringify(reason)))
    for (const reason of news) told.add(JSON.stringify(reason))
    if (images.length > 0) return news
    const from = feeding.get(port)
    // The items of a per-item stage stand in its manifest by their keys, which its own settings change as well.
    if (from !== undefined && kind.shape === 'each' && kind.over === port && before.gaveSame?.(from) === true) return []
    const old = inputsBefore[port]?.digest
    const now = manifest.inputs[port].digest
    const behind = { stage: binding, artifact: port }
    return [{ type: 'upstream-output-changed', ...behind, ...(old !== undefined && { old }), new: now }]
  })
}

/** Address of the stage behind an input; a port with `many` may name the artifact after the stage. */
export const bindingOf = ({ bindings }: SpecStage, input: string): string =>
  (bindings as Readonly<Partial<Record<string, string>>>)[input] ?? bindings[input.slice(0, input.lastIndexOf('.'))]

/** Why a source or list stage gives other items than it did. */
export function listStageChanges(
  stage: SpecStage,
  items: readonly Item[],
  before: Before,
  own: readonly Reason[],
): Reason[] {
  if (stage.kind.shape === 'source') {
    const list = before.list(FOUND)
    const now = foundList(items)
    return list === undefined
      ? [...own]
      : [...own, ...listReasons(compareLists(FOUND_FIELDS, list, now), list.size, now.size)]
  }
  if (own.length > 0) return [...own]
  return Object.values(stage.bindings).map((need) => ({
    type: 'upstream-output-changed',
    stage: need,
    artifact: 'images',
  }))
}

const imageReasons = (port: Port, before: ItemList, items: readonly Item[]): Reason[] =>
  listReasons(compareLists(readsOf(port), before, itemList(port, items)), before.size, itemList(port, items).size)

function fileReasons(before: ItemList | undefined, files: ProjectFiles | undefined): Reason[] {
  const now = fileList(files)
  if (before === undefined) return [{ type: 'input-changed', n: now.size, total: now.size, examples: [], of: 'files' }]
  const change = { ...compareLists(['content'], before, now), what: [] }
  return listReasons(change, before.size, now.size).map((reason) => ({ ...reason, of: 'files' }) as Reason)
}

function listReasons({ changed, added, removed, what }: ListChange, before: number, now: number): Reason[] {
  const reason = (type: 'input-changed' | 'input-added' | 'input-removed', ids: readonly string[], total: number) =>
    ids.length === 0 ? [] : [{ type, n: ids.length, total, examples: [...ids].sort().slice(0, 3) }]
  return [
    ...reason('input-changed', changed, now).map((each) => ({ ...each, ...(what.length > 0 && { what }) })),
    ...reason('input-added', added, now),
    ...reason('input-removed', removed, before),
  ]
}

/** The key is that of the last run, and yet there is no output. */
function goneReasons({ rows, key, base }: Resolved, cache: Cache): Reason[] {
  const evictedMs = cache.evictedAt(key) ?? cache.evictedAt(base)
  if (evictedMs !== undefined) return [{ type: 'cache-evicted', detail: evictedText(evictedMs, Date.now()) }]
  const lost = rows.filter(({ record }) => record === undefined).length
  const what = lost > 0 && lost < rows.length ? `${lost} of ${rows.length} entries are` : 'its entry is'
  return [{ type: 'cache-entry-corrupt', detail: `${what} gone or was damaged` }]
}

/** `evicted 20 Nov to make room`; with the time where that was today. */
function evictedText(atMs: number, nowMs: number): string {
  const moment = formatMoment(new Date(atMs), new Date(nowMs))
  return `evicted ${moment.startsWith('today') ? moment : moment.replace(/ \d\d:\d\d$/, '')} to make room`
}

const failed = (failure: FailureRecord | undefined): Reason[] =>
  failure === undefined ? [] : [{ type: 'previous-attempt-failed', ...failure }]

export const placeText = ({ file, line, column }: Place): string => `${file}:${line ?? 1}:${column ?? 1}`
