import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import type { ArtifactKind } from '../artifacts/kinds.ts'
import { Failure } from '../base/diagnostic.ts'
import type { Digest } from '../base/digest.ts'
import { Cache } from '../cache/cache.ts'
import { DamagedEntry } from '../cache/objects.ts'
import type { StoredObject } from '../cache/records.ts'
import type { Variables } from './command/variables.ts'
import type { FromHost } from './host/protocol.ts'
import { runStageTask } from './host/stage-task.ts'
import type { TaskStore } from './host/task-store.ts'
import { type TaskFile, taskOf } from './task-file.ts'
import { writeTaskOutputs } from './write-task-outputs.ts'

export interface ExecOptions {
  readonly root: string
  readonly cacheFolder: string
  /** Folder for the outputs; made where it is not there. */
  readonly out: string
  readonly variables: Variables
  /** `CUDA_VISIBLE_DEVICES`. */
  readonly visibleDevices: string | undefined
  readonly signal: AbortSignal
  readonly listen: (message: FromHost) => void
}

export interface Executed {
  readonly key: Digest
  /** File names below the folder, or how many items. */
  readonly files: readonly string[]
  readonly items: number
  readonly bytes: number
  /** Whether the cache holds the same under the task's keys; undefined where it holds nothing. */
  readonly same: boolean | undefined
}

/** What a task made: whole artifacts by kind, items by the digest of their pixels. */
export interface Made {
  readonly outputs: Partial<Record<ArtifactKind, StoredObject>>
  readonly items: ReadonlyMap<Digest, StoredObject>
}

/** Runs a task by hand: inputs come from the cache, which stays as it is; what it makes goes to a folder. Throws what the task throws. */
export async function execTask(file: TaskFile, options: ExecOptions): Promise<Executed> {
  const { root, cacheFolder, out, variables, visibleDevices, signal, listen } = options
  const scratchFolder = join(out, '.scratch')
  mkdirSync(out, { recursive: true })
  rmSync(scratchFolder, { recursive: true, force: true })
  const cache = new Cache(cacheFolder, { readOnly: true })
  const scratch = new Cache(scratchFolder)
  try {
    const items = new Map<Digest, StoredObject>()
    const here = {
      root,
      cacheFolder: scratchFolder,
      variables,
      ...(visibleDevices !== undefined && { visibleDevices }),
    }
    const task = { ...taskOf(file, here), threads: availableParallelism() }
    const { outputs, small } = await runStageTask(task, overlay(cache, scratch), signal, (message) => {
      if (message.type === 'item') items.set(message.item, message.stored)
      listen(message)
    })
    for (const bytes of small) scratch.objects.takeSmall(bytes)
    const made: Made = { outputs, items }
    const files = await writeTaskOutputs(out, made, file, scratch.objects)
    const bytes = files.reduce((sum, path) => sum + statSync(join(out, path)).size, 0)
    return { key: file.key, files, items: items.size, bytes, same: compare(made, file, cache) }
  } catch (error) {
    if (error instanceof DamagedEntry)
      throw new Failure('E020', 'an input of the task is not in the cache', { help: ['run its spec first'] })
    throw error
  } finally {
    await cache.close()
    await scratch.close()
    rmSync(scratchFolder, { recursive: true, force: true })
  }
}

/** Reads what the task itself put away, else what the cache holds; writes to the former alone. */
function overlay(cache: Cache, scratch: Cache): TaskStore {
  const holder = (digest: Digest): Cache => (scratch.objects.has(digest) ? scratch : cache)
  return {
    folder: scratch.folder,
    objects: {
      read: (digest) => holder(digest).objects.read(digest),
      copyTo: (digest, path) => holder(digest).objects.copyTo(digest, path),
      putTensor: (bytes) => scratch.objects.putTensor(bytes),
      putBlob: (bytes) => scratch.objects.putBlob(bytes),
      putFile: (path) => scratch.objects.putFile(path),
    },
  }
}

function compare({ outputs, items }: Made, { key, itemKeys = {} }: TaskFile, cache: Cache): boolean | undefined {
  if (items.size > 0) {
    const known = [...items].flatMap(([item, { digest }]) => {
      const record = cache.item(itemKeys[item])
      return record === undefined ? [] : [record.digest === digest]
    })
    return known.length === 0 ? undefined : known.every((same) => same)
  }
  const action = cache.action(key)
  return (
    action &&
    Object.entries(outputs).every(([kind, { digest }]) => action.outputs[kind as ArtifactKind]?.digest === digest)
  )
}
