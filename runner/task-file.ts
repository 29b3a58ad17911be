import { isAbsolute, join, relative } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { asDigest, type Digest } from '../base/digest.ts'
import { sanitize } from '../base/sanitize.ts'
import { findKind } from '../stages/registry.ts'
import { type Variables, variablesOf } from './command/variables.ts'
import type { StageTask, WeightsFile } from './host/protocol.ts'
import { resolveFrom } from './plan/classify.ts'
import type { OpenPlan } from './plan.ts'
import type { SpecStage } from './spec/spec.ts'

/** A task as a file that people keep and `pipeline exec` runs: no path of a machine, no value of its environment. */
export interface TaskFile {
  readonly v: 1
  /** The stage's key: what the cache holds under it is what the task must give. */
  readonly key: Digest
  /** Of an `each` stage, the key of each item by the digest of its pixels. */
  readonly itemKeys?: Readonly<Record<string, Digest>>
  readonly task: Omit<
    StageTask,
    'type' | 'id' | 'cacheFolder' | 'root' | 'files' | 'weights' | 'variables' | 'checkpoint'
  > & {
    /** Digest -> file, from the project root where it lies below. */
    readonly files: Readonly<Record<string, string>>
    readonly weights: readonly WeightsFile[]
  }
}

/** The whole work of a stage, whatever of it is in the cache; undefined where its inputs are not. */
export function taskFileOf(
  stage: SpecStage,
  { prepared, classified, folders }: OpenPlan,
  threads: number,
): TaskFile | undefined {
  const resolved = resolveFrom(stage, classified.outcomes, prepared)
  if (resolved === undefined) return undefined
  const { kind, key, inputs, rows, table, projectFiles } = resolved
  const { files, own } = prepared.weights
  const ownWeights = own.get(stage.address)
  const shown = (path: string): string => inside(folders.root, path)
  return {
    v: 1,
    key,
    ...(rows.length > 0 && { itemKeys: Object.fromEntries(rows.map((row) => [row.item.image.digest, row.key])) }),
    task: {
      address: stage.address,
      kind: kind.kind,
      version: kind.version,
      settings: stage.settings,
      seed: prepared.spec.seed,
      engine: 'onnx-cpu',
      threads,
      inputs: inputs(),
      projectFiles: projectFiles?.files ?? [],
      files: Object.fromEntries([...table.files].map(([digest, path]) => [digest, shown(path)])),
      weights: files.map((file) => ({ ...file, path: shown(file.path) })),
      ...(kind.shape === 'each' && { stale: rows.map(({ item }) => item.image.digest) }),
      ...(ownWeights !== undefined && { ownWeights }),
    },
  }
}

/** From the text of a file. Throws E101, E107 and E112 for what is no task of this program. */
export function parseTaskFile(text: string, name: string): TaskFile {
  const wrong = (code: string, what: string): Failure =>
    new Failure(code, `${sanitize(name)} ${what}`, { help: ['pipeline show RUN --task ADDRESS > task.json makes one'] })
  let file: Partial<TaskFile> | null
  try {
    file = JSON.parse(text) as Partial<TaskFile> | null
  } catch {
    throw wrong('E101', 'is not JSON')
  }
  const task = file?.task as Partial<TaskFile['task']> | undefined
  if (typeof task?.kind !== 'string' || typeof task.settings !== 'object' || typeof task.inputs !== 'object')
    throw wrong('E101', 'describes no task')
  if (file?.v !== 1) throw wrong('E107', `is of version ${String(file?.v)}, this program knows 1`)
  if (findKind(task.kind)?.version !== task.version)
    throw wrong('E112', `needs ${sanitize(task.kind)} of version ${String(task.version)}, which this program has not`)
  return file as TaskFile
}

/** As a task host takes it, on this machine. */
export function taskOf(
  { task }: TaskFile,
  {
    root,
    cacheFolder,
    variables,
    visibleDevices,
  }: {
    readonly root: string
    readonly cacheFolder: string
    readonly variables: Variables
    /** GPU ids of whoever runs it by hand, in place of those the run lent. */
    readonly visibleDevices?: string
  },
): Omit<StageTask, 'id'> {
  const found = (path: string): string => (isAbsolute(path) ? path : join(root, path))
  return {
    ...task,
    type: 'stage',
    root,
    cacheFolder,
    files: new Map(Object.entries(task.files).map(([digest, path]) => [asDigest(digest), found(path)])),
    weights: task.weights.map((file) => ({ ...file, path: found(file.path) })),
    ...(task.devices !== undefined && visibleDevices !== undefined && { devices: visibleDevices.split(',') }),
    variables: variablesOf({ kind: findKind(task.kind)!, settings: task.settings }, variables),
  }
}

const inside = (root: string, path: string): string => {
  const below = relative(root, path)
  return below.startsWith('..') || isAbsolute(below) ? path : below
}
