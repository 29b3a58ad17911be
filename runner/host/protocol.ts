import type { Column, ImageFacts, Item, Picture, Source, Split } from '../../artifacts/items.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import type { StoredObject } from '../../cache/records.ts'
import type { ProcessUsage } from '../../stages/stage.ts'

/** A stage's work as plain data: it can be sent to a child, written to a file, or given to a cluster. */
export interface StageTask {
  readonly type: 'stage'
  readonly id: number
  readonly address: string
  readonly kind: string
  readonly version: number
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed: number
  readonly engine: 'onnx-cpu'
  readonly threads: number
  readonly cacheFolder: string
  readonly inputs: Readonly<Record<string, TaskInput>>
  /** Absolute; `projectFiles` start there. */
  readonly root: string
  readonly projectFiles: readonly ProjectFileRow[]
  /** Variables of the environment that the kind asked for, and PATH and HOME. */
  readonly variables: Readonly<Record<string, string>>
  /** For `each` kinds: the items to compute, a subset of those of the port the kind runs over. */
  readonly stale?: readonly Digest[]
  /** Where the content behind digests lies. */
  readonly files: ReadonlyMap<Digest, string>
  readonly weights: readonly WeightsFile[]
  /** Key under which the stage may keep its state between interruptions; left out, it keeps none. */
  readonly checkpoint?: Digest
  /** The weights that the kind itself asked for. */
  readonly ownWeights?: Digest
  /** Resident memory it may use, in bytes; the share of the machine that one task may have where left out. */
  readonly memBytes?: number
  /** GPU ids lent to it, for `CUDA_VISIBLE_DEVICES`; none were asked for where left out. */
  readonly devices?: readonly string[]
}

export type TaskInput =
  | { readonly type: 'whole'; readonly kind: ArtifactKind; readonly digest: Digest }
  | {
      readonly type: 'items'
      readonly kind: ArtifactKind
      readonly header: unknown
      readonly items: readonly TaskRow[]
    }

export interface TaskRow {
  readonly image: Picture
  readonly copy: number
  readonly split: Split
  readonly columns: Partial<Pick<Item, Exclude<Column, 'mask' | 'split'>>>
  readonly mask?: Picture
  /** Digest of the stored value, where the producing stage made one. */
  readonly value?: Digest
}

export interface ProjectFileRow {
  /** POSIX path from the project root. */
  readonly path: string
  readonly digest: Digest
}

export interface WeightsFile {
  readonly digest: Digest
  readonly path: string
  readonly network: string
}

/** Decodes sources once to learn size and grey statistics, and finds what is damaged. */
export interface InspectTask {
  readonly type: 'inspect'
  readonly id: number
  readonly sources: readonly { readonly digest: Digest; readonly source: Source; readonly role: 'image' | 'mask' }[]
  readonly files: ReadonlyMap<Digest, string>
}

/** Measures the engine for `pipeline doctor` and line 2 of a run. */
export interface MeasureTask {
  readonly type: 'measure'
  readonly id: number
  readonly threads: number
}

export type Task = StageTask | InspectTask | MeasureTask
export type ToHost = Task | { readonly type: 'cancel' }

/** What decoding a source gave: facts, or what is wrong with it. */
export type Inspection =
  | {
      readonly facts: ImageFacts & { readonly warning?: string }
      /** Digest of the decoded pixels, of images. */
      readonly pixels?: Digest
    }
  | { readonly diagnostic: Diagnostic }

/** How often a host tells progress: a message costs both processes tens of microseconds. */
export const PROGRESS_EVERY_MS = 50

/** Of a task host since the task began; of a program with all it started, its memory by looking now and then. */
export type TaskUsage = ProcessUsage

export type FromHost =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly unit: string }
  | { readonly type: 'metric'; readonly name: string; readonly value: number; readonly step: number }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warning'; readonly text: string }
  | { readonly type: 'warn'; readonly diagnostic: Diagnostic }
  | { readonly type: 'header'; readonly header: unknown }
  | { readonly type: 'item'; readonly item: Digest; readonly stored: StoredObject; readonly wallMs: number }
  | {
      readonly type: 'inspected'
      readonly digest: Digest
      readonly role: 'image' | 'mask'
      readonly inspection: Inspection
    }
  | {
      readonly type: 'done'
      readonly outputs: Partial<Record<ArtifactKind, StoredObject>>
      readonly parts: readonly StoredObject[]
      /** Outputs small enough for the index, which the runner writes. */
      readonly small: readonly Uint8Array[]
      readonly usage: TaskUsage
    }
  | { readonly type: 'measured'; readonly gflops: number; readonly versions: Readonly<Record<string, string>> }
  | { readonly type: 'damaged'; readonly digest: Digest; readonly found: string }
  | { readonly type: 'failed'; readonly diagnostic: Diagnostic; readonly usage: TaskUsage }
  | { readonly type: 'cancelled' }
