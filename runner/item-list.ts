import type { Column, Item } from '../artifacts/items.ts'
import type { ListsRecord, PackedList } from '../cache/records.ts'
import { type Port, portOf } from '../stages/stage.ts'
import { columnValue, PROJECT_FILES } from './key.ts'
import type { Outcome } from './plan/outcome.ts'
import type { ProjectFiles } from './project-files.ts'
import type { SpecStage } from './spec/spec.ts'

/** What a port read of every item, by id: its pixels, then its columns in the order of the port; digests by their head. */
export type ItemList = ReadonlyMap<string, readonly string[]>

/** Enough of a digest to tell two apart where nothing rests on it but an explanation. */
const HEAD = 16

export function itemList(port: Port, items: readonly Item[]): ItemList {
  const read = items.filter(({ split }) => port.splits?.includes(split) ?? true)
  const columns = columnsOf(port)
  return new Map(
    read.map((item) => [item.id, [item.image.digest.slice(0, HEAD), ...columns.map((column) => shown(item, column))]]),
  )
}

/** Files of the project by path. */
export const fileList = (files: ProjectFiles | undefined): ItemList =>
  new Map((files?.files ?? []).map(({ path, digest }) => [path, [digest.slice(0, HEAD)]]))

/** Name of the list of what a source found. */
export const FOUND = 'found'

const FOUND_COLUMNS: readonly Column[] = ['split', 'label', 'mask', 'defect', 'part', 'view']
export const FOUND_FIELDS: readonly string[] = ['pixels', ...FOUND_COLUMNS]

export const foundList = (items: readonly Item[]): ItemList => itemList({ accepts: [], columns: FOUND_COLUMNS }, items)

/** The lists of every per-item input of a stage, and of the files it reads by itself. */
export function itemLists(
  stage: SpecStage,
  outcomes: ReadonlyMap<string, Outcome>,
  files: ProjectFiles | undefined,
): Record<string, ItemList> {
  const reads = stage.kind.reads?.(stage.settings)
  const lists: Record<string, ItemList> = {}
  for (const [name, address] of Object.entries(stage.bindings)) {
    const from = outcomes.get(address)
    if (from !== undefined && from.table.items.length > 0)
      lists[name] = itemList({ ...portOf(stage.kind, name), ...reads }, from.table.items)
  }
  if (files !== undefined) lists[PROJECT_FILES] = fileList(files)
  return lists
}

/** The lists as they are stored. */
export const packLists = (lists: Readonly<Record<string, ItemList>>): ListsRecord =>
  Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, packList(list)]))

function packList(list: ItemList): PackedList {
  const [first = []] = list.values()
  return { width: first.length, text: [...list].map(([id, row]) => [id, ...row].join('\0')).join('\0') }
}

/** The list of a port, read back. */
export function unpackList({ width, text }: PackedList): ItemList {
  const parts = text === '' ? [] : text.split('\0')
  const list = new Map<string, readonly string[]>()
  for (let i = 0; i < parts.length; i += width + 1) list.set(parts[i], parts.slice(i + 1, i + 1 + width))
  return list
}

/** How two lists differ. `what`: `pixels` and the columns in which changed items differ. */
export interface ListChange {
  readonly changed: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly what: readonly string[]
}

/** Items are known by id; one that only changed its id is no change where ids are not read. `fields` name the parts of a row. */
export function compareLists(fields: readonly string[], before: ItemList, now: ItemList): ListChange {
  const reads = fields.includes('id')
  const what = new Set<string>()
  const changed: string[] = []
  for (const [id, row] of now) {
    const old = before.get(id)
    const differing = old === undefined ? [] : fields.filter((_, i) => old[i] !== row[i])
    if (differing.length === 0) continue
    changed.push(id)
    for (const field of differing) what.add(field)
  }
  const pixelsIn = (list: ItemList, other: ItemList): Set<string> =>
    new Set([...list].flatMap(([id, [pixels]]) => (other.has(id) ? [] : [pixels])))
  const [gone, come] = [pixelsIn(before, now), pixelsIn(now, before)]
  const added = [...now].filter(([id, [pixels]]) => !before.has(id) && !gone.has(pixels)).map(([id]) => id)
  const renamed = [...now].filter(([id, [pixels]]) => !before.has(id) && gone.has(pixels)).map(([id]) => id)
  const removed = [...before].filter(([id, [pixels]]) => !now.has(id) && !come.has(pixels)).map(([id]) => id)
  if (reads && renamed.length > 0) {
    changed.push(...renamed)
    what.add('id')
  }
  return { changed, added, removed, what: [...what] }
}

/** Names for the parts of a row. */
export const readsOf = (port: Port): readonly string[] => ['pixels', ...columnsOf(port)]

const columnsOf = ({ columns = [] }: Port): readonly Column[] => columns.filter((column) => column !== 'image')

function shown(item: Item, column: Column): string {
  const value = columnValue(item, column)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return column === 'mask' ? text.slice(0, HEAD) : text
}
