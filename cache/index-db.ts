import { join } from 'node:path'
import type { Database, RootDatabase } from 'lmdb'
import { setAsideUnsound } from './lmdb-file.ts'
import { openLmdb } from './open-lmdb.ts'
import { RecordCodec } from './record-codec.ts'
import type {
  ActionRecord,
  CostRecord,
  FactLists,
  FailureRecord,
  FolderRecord,
  ItemRecord,
  ItemTableRecord,
  LineageRecord,
  ListsRecord,
  LogRecord,
  PinRecord,
  UseRecord,
} from './records.ts'
import { makeFolder } from '../base/make-folder.ts'

/** The index: small records only, so one memory map serves planning in a single read. Written by the runner alone. */
export interface IndexDb {
  readonly root: RootDatabase
  readonly actions: Database<ActionRecord, string>
  /** Base key of an `each` stage -> what its values say of themselves (its header). */
  readonly headers: Database<unknown, string>
  readonly items: Database<ItemRecord, string>
  /** Absolute path of a folder -> contents of its files, see `FileStats`. */
  readonly stats: Database<FolderRecord, string>
  /** Facts derived from content: `topic\0digest`. */
  readonly facts: Database<unknown, string>
  /** Source stage -> the facts that it asked for last, together; see `KnownFacts`. */
  readonly factLists: Database<FactLists, string>
  readonly lineage: Database<LineageRecord, string>
  /** Name in `lineage` -> port -> what it read of each item; apart, since only reasons need it. */
  readonly lists: Database<ListsRecord, string>
  /** Name in `lineage` -> how the last attempt failed. */
  readonly failures: Database<FailureRecord, string>
  /** Base key of a stage (of a `run` kind: its key) -> the end of its log. */
  readonly logs: Database<LogRecord, string>
  /** Name in `lineage` -> items of an `each` stage in its spec's last successful run. */
  readonly itemTables: Database<ItemTableRecord, string>
  /** Of a stage in its spec's last successful run: pixels of the images that its output rests on, 32 bytes each. */
  readonly imagesBehind: Database<Uint8Array, string>
  /** Outputs under 16 kB, by digest. */
  readonly small: Database<Uint8Array, string>
  /** Stage key -> last use. */
  readonly uses: Database<UseRecord, string>
  /** Stage key of an `each` stage -> its items, see `memberList`. */
  readonly members: Database<Uint8Array, string>
  /** Stage key, or that without items of an `each` stage -> when its result was evicted, ms since 1970. */
  readonly evicted: Database<number, string>
  /** Run -> results that are never evicted. */
  readonly pins: Database<PinRecord, string>
  /** What computing took, see `CostRecord`; by kind and settings, by kind, and for the machine. */
  readonly costs: Database<CostRecord, string>
}

/** Opens the index, or sets a damaged one aside and starts an empty one: what it knew is computed again, never guessed. */
export function openIndex(folder: string, readOnly: boolean): { index: IndexDb; damaged?: string } {
  makeFolder(folder)
  const path = join(folder, 'index.lmdb')
  const damaged = readOnly ? undefined : setAsideUnsound(path)
  return { index: openAt(path, readOnly), ...(damaged !== undefined && { damaged }) }
}

function openAt(path: string, readOnly: boolean): IndexDb {
  const root = openLmdb({ path, maxDbs: 32, readOnly, encoding: 'msgpack' })
  const codecs = { json: new RecordCodec(root, 'json'), msgpack: new RecordCodec(root) }
  const named = <T>(name: string, form: keyof typeof codecs = 'json'): Database<T, string> => {
    const options = { name, encoder: codecs[form] }
    return root.openDB<T, string>(options)
  }
  return {
    root,
    actions: named('actions'),
    headers: named('headers', 'msgpack'),
    items: named('items'),
    stats: named('stats@2', 'msgpack'),
    facts: named('facts', 'msgpack'),
    factLists: named('factLists', 'msgpack'),
    lineage: named('lineage'),
    lists: named('lists@2', 'msgpack'),
    itemTables: named('itemTables', 'msgpack'),
    imagesBehind: root.openDB<Uint8Array, string>({ name: 'imagesBehind', encoding: 'binary' }),
    failures: named('failures'),
    logs: named('logs'),
    small: root.openDB<Uint8Array, string>({ name: 'small', encoding: 'binary' }),
    uses: named('uses'),
    members: root.openDB<Uint8Array, string>({ name: 'members', encoding: 'binary' }),
    evicted: named('evicted', 'msgpack'),
    pins: named('pins'),
    costs: named('costs@2'),
  }
}
