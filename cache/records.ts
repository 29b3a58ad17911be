import type { ArtifactKind } from '../artifacts/kinds.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Digest } from '../base/digest.ts'

/** Stored bytes under their own digest. */
export interface StoredObject {
  readonly digest: Digest
  readonly bytes: number
}

/** What a computation cost when it was made. */
export interface Cost {
  readonly wallMs: number
  readonly cpuMs: number
  readonly rssBytes: number
}

/** Measured work against what its kind said of it: sums over runs, in which older ones fade. */
export interface CostRecord {
  readonly ms: number
  readonly nominalMs: number
  readonly bytes: number
  readonly nominalBytes: number
}

/** One computed stage under its key. The first one wins. */
export interface ActionRecord {
  readonly kind: string
  readonly outputs: Partial<Record<ArtifactKind, StoredObject>>
  /** Further blobs that the outputs name, such as the files of a bundle. */
  readonly parts: readonly StoredObject[]
  readonly cost: Cost
  readonly run: string
  /** The readable pre-image of the key. */
  readonly manifest: unknown
  /** Said again whenever the result is reused. */
  readonly warnings: readonly Diagnostic[]
  /** When it was made, ms since 1970. */
  readonly madeMs?: number
}

/** The end of the log of the run that computed a stage, under its base key; beside the action, so that planning need not read it. */
export interface LogRecord {
  readonly run: string
  /** Lines `HH:MM:SS text`. */
  readonly text: string
}

/** One computed item of an `each` stage under its item key. */
export interface ItemRecord {
  readonly digest: Digest
  readonly bytes: number
  readonly wallMs: number
  readonly run: string
  /** When it was made, ms since 1970. */
  readonly madeMs?: number
}

/** Items of an `each` stage in one record, in the order of its input; see `ItemTable`. */
export interface ItemTableRecord {
  readonly base: string
  /** Digest of what the stage reads of all items, from which its keys follow. */
  readonly list: string
  /** Of the segments when all values were there. */
  readonly state: string
  readonly runs: readonly string[]
  /** Of each item the digest of its image, its key and the digest of its value, 32 bytes each. */
  readonly digests: Uint8Array
  /** Of each item bytes, wallMs, madeMs and the place of its run in `runs`, as Float64Array. */
  readonly numbers: Uint8Array
}

/** When the result of a stage was last used, and by whom: the ground of what is evicted first. */
export interface UseRecord {
  /** ms since 1970. */
  readonly lastMs: number
  readonly kind: string
  /** Names of the specs that use it. */
  readonly specs: readonly string[]
  /** Key without its items, of an `each` stage. */
  readonly base?: string
}

/** A run whose results are never evicted. */
export interface PinRecord {
  readonly keys: readonly string[]
  readonly pinnedMs: number
}

/** Content of a file as last read, trusted while size, times and inode are the same. */
export interface StatRecord {
  readonly size: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly inode: bigint
  readonly digest: Digest
  /** When it was read: a file touched within the clock's grain of that moment is read again. */
  readonly readAtMs: number
}

/** `StatRecord` of each file of a folder, in columns. */
export interface FolderRecord {
  /** Joined by `/`. */
  readonly names: string
  /** 32 bytes a file. */
  readonly digests: Uint8Array
  /** mtimeNs, ctimeNs and inode of each file as BigInt64Array. */
  readonly times: Uint8Array
  /** size and readAtMs of each file as Float64Array. */
  readonly numbers: Uint8Array
}

/** By topic: digests, 32 bytes each, and the fact of each. */
export type FactLists = Readonly<Record<string, { readonly digests: Uint8Array; readonly facts: readonly unknown[] }>>

/** What a stage of a spec was in that spec's last successful run: the ground of `fresh` and of reasons. */
export interface LineageRecord {
  readonly key: string
  readonly run: string
  readonly manifest: unknown
}

/** Port -> what it read of each item. */
export type ListsRecord = Readonly<Record<string, PackedList>>

/** Everything in one text, since ten thousand small arrays take long to pack. */
export interface PackedList {
  /** Parts of a row behind the id. */
  readonly width: number
  /** Ids, each with its parts behind it, between NULs, which neither paths nor JSON hold. */
  readonly text: string
}

/** How the last attempt at a stage failed, until one succeeds. */
export interface FailureRecord {
  readonly run: string
  readonly code: string
}
