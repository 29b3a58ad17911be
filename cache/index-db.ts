import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { Failure } from '../base/diagnostic.ts'
import { setAsideUnsound } from './lmdb-file.ts'
import type { ActionRecord, ItemRecord, LineageRecord, StatRecord, UseRecord } from './records.ts'

/** The index: small records only, so one memory map serves planning in a single read. Written by the runner alone. */
export interface IndexDb {
  readonly root: RootDatabase
  readonly actions: Database<ActionRecord, string>
  /** Base key of an `each` stage -> what its values say of themselves (its header). */
  readonly headers: Database<unknown, string>
  readonly items: Database<ItemRecord, string>
  /** Absolute path -> content, see `StatRecord`. */
  readonly stats: Database<StatRecord, string>
  /** Facts derived from content: `topic\0digest`. */
  readonly facts: Database<unknown, string>
  readonly lineage: Database<LineageRecord, string>
  /** Outputs under 16 kB, by digest. */
  readonly small: Database<Uint8Array, string>
  /** Stage key -> last use. */
  readonly uses: Database<UseRecord, string>
  /** Stage key of an `each` stage -> its items, see `memberList`. */
  readonly members: Database<Uint8Array, string>
  /** kind and settings -> recorded cost per item, for estimates. */
  readonly costs: Database<
    { readonly msPerItem: number; readonly bytesPerItem: number; readonly items: number },
    string
  >
}

/** Opens the index, or sets a damaged one aside and starts an empty one: what it knew is computed again, never guessed. */
export function openIndex(folder: string, readOnly: boolean): { index: IndexDb; damaged?: string } {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'index.lmdb')
  const damaged = readOnly ? undefined : setAsideUnsound(path)
  return { index: openReadable(path, readOnly), ...(damaged !== undefined && { damaged }) }
}

/** Attempts to open, and the pause between two. */
const OPEN_ATTEMPTS = 10
const PAUSE_MS = 50

/**
 * Opens and reads once. While the host of a killed run is just ending, LMDB may refuse the first read of the next process
 * ("No transaction to renew"): then the file is opened again a moment later.
 */
function openReadable(path: string, readOnly: boolean): IndexDb {
  for (let attempt = 1; ; attempt++) {
    const index = openAt(path, readOnly)
    try {
      index.facts.doesExist('')
      return index
    } catch (error) {
      void index.root.close()
      if (attempt === OPEN_ATTEMPTS) {
        throw new Failure('E403', `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, {
          help: ['run again; another process may be holding it'],
        })
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}

function openAt(path: string, readOnly: boolean): IndexDb {
  const root = open({ path, noSubdir: true, maxDbs: 32, readOnly, encoding: 'msgpack' })
  const named = <T>(name: string): Database<T, string> => root.openDB<T, string>({ name, encoding: 'msgpack' })
  return {
    root,
    actions: named('actions'),
    headers: named('headers'),
    items: named('items'),
    stats: named('stats'),
    facts: named('facts'),
    lineage: named('lineage'),
    small: root.openDB<Uint8Array, string>({ name: 'small', encoding: 'binary' }),
    uses: named('uses'),
    members: root.openDB<Uint8Array, string>({ name: 'members', encoding: 'binary' }),
    costs: named('costs'),
  }
}
