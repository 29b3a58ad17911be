import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import type { Digest } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import { networkFileSystem } from './file-system.ts'
import { type IndexDb, openIndex } from './index-db.ts'
import { asStorageFailure, Objects } from './objects.ts'
import { settled } from './open-lmdb.ts'
import { asWriteFailure, requireRoom } from './room.ts'
import type { ActionRecord, ItemRecord } from './records.ts'
import { recordsOf } from './records-of.ts'
import { newUses, recordUses, type Use } from './uses.ts'
import { makeFolder } from '../base/make-folder.ts'

/** Where results live by key: an index in LMDB, tensors in segments, blobs as files. Shared by all specs of a project. */
export class Cache {
  readonly folder: string
  readonly index: IndexDb
  readonly objects: Objects
  /** Where a damaged index was put aside when this one was opened. */
  readonly damagedIndex: string | undefined

  constructor(folder: string, options: { readOnly?: boolean } = {}) {
    this.folder = folder
    requireUsable(folder)
    requireRoom(folder)
    const { index, damaged } = openIndex(folder, options.readOnly ?? false)
    this.index = index
    this.damagedIndex = damaged
    this.objects = new Objects(folder, index)
  }

  /** The record of a key, if all it names is still stored. */
  action(key: string): ActionRecord | undefined {
    const record = this.index.actions.get(key)
    const stored =
      record && [...Object.values(record.outputs), ...record.parts].every(({ digest }) => this.objects.has(digest))
    return stored === true ? record : undefined
  }

  item(key: string): ItemRecord | undefined {
    const record = this.index.items.get(key)
    return record !== undefined && this.objects.has(record.digest) ? record : undefined
  }

  /** Runs writes as one transaction and resolves when it is on disk. Rejects with E501, E403. */
  async commit(write: () => void): Promise<void> {
    requireRoom(this.folder)
    try {
      faultPoint('index-commit')
      await this.index.root.transaction(write)
      faultPoint('index-committed')
    } catch (error) {
      throw asWriteFailure(error, this.folder)
    }
  }

  /** Writes down, in one commit, that a run used these results now. */
  async touch(uses: readonly Use[], nowMs = Date.now()): Promise<void> {
    const due = newUses(this.index, uses, nowMs)
    if (due.length > 0) await this.commit(() => recordUses(this.index, due, nowMs))
  }

  /** Sets damaged bytes aside; records that name them become misses. */
  async quarantine(digest: Digest): Promise<void> {
    faultPoint('quarantine')
    await this.objects.quarantine(digest)
    faultPoint('quarantined')
  }

  /** When the result of this key, or of this key without items, was evicted last; ms since 1970. */
  evictedAt(key: string): number | undefined {
    return this.index.evicted.get(key)
  }

  /** Stage keys of all pinned runs. */
  pinnedKeys(): Set<string> {
    return new Set([...recordsOf(this.index.pins)].flatMap(({ value }) => value.keys))
  }

  /** Sees from here on what other processes have committed by now: reads within one turn of the event loop see one state. */
  refresh(): void {
    this.index.root.resetReadTxn()
    this.objects.segments.refresh()
  }

  async close(): Promise<void> {
    await this.objects.close()
    await settled(this.index.root)
  }
}

/** Makes the folder of a cache, or throws E403, E406, E501. */
export function requireUsable(folder: string): void {
  const network = networkFileSystem(folder)
  if (network !== undefined) {
    throw new Failure('E406', `${folder} lies on a network file system (${network})`, {
      help: ['point PIPELINE_CACHE_DIR at a local disk'],
    })
  }
  try {
    for (const part of ['blobs', 'tensors']) makeFolder(join(folder, part))
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const storage = asStorageFailure(error)
    if (storage instanceof Failure) throw storage
    throw new Failure(
      'E403',
      `cannot write to the cache folder ${folder}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      {
        help: ['make it writable, or point PIPELINE_CACHE_DIR at another folder'],
      },
    )
  }
}
