import { readFile } from 'node:fs/promises'
import { checkArtifact } from '../../artifacts/check.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { Failure } from '../../base/diagnostic.ts'
import { type Digest, digestBytes } from '../../base/digest.ts'
import { seededRandom } from '../../base/random.ts'
import { thinned } from '../../base/thinned.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { TaskStore } from './task-store.ts'
import { readCheckpoint, writeCheckpoint } from '../../cache/checkpoints.ts'
import { SMALL_BYTES } from '../../cache/objects.ts'
import type { StoredObject } from '../../cache/records.ts'
import { findKind } from '../../stages/registry.ts'
import type { EachKind, Inputs, ProcessUsage, RunKind, TaskContext } from '../../stages/stage.ts'
import { AttemptDisk } from './attempt-disk.ts'
import { taskInputs } from './inputs.ts'
import { type FromHost, PROGRESS_EVERY_MS, type StageTask } from './protocol.ts'
import { Renderer } from './render.ts'

interface StageResult {
  readonly outputs: Partial<Record<ArtifactKind, StoredObject>>
  readonly parts: readonly StoredObject[]
  readonly small: readonly Uint8Array[]
}

/** Computes one stage, or the stale items of one. Bytes go into the cache, only their digests are sent back. */
export async function runStageTask(
  task: Omit<StageTask, 'id'>,
  cache: TaskStore,
  signal: AbortSignal,
  send: (message: FromHost) => void,
  used: (usage: ProcessUsage) => void = () => {},
): Promise<StageResult> {
  const kind = findKind(task.kind)
  if (kind === undefined || kind.version !== task.version)
    throw new Error(`Internal error: this program has no ${task.kind} of version ${task.version}`)
  const disk = new AttemptDisk(cache)
  const { parts, small } = disk
  const context = taskContext(task, { cache, signal, send, disk, used })
  const inputs = taskInputs(task, cache.objects, new Renderer(task.files))
  try {
    switch (kind.shape) {
      case 'each':
        await runEach(kind, task, inputs, context, cache, send)
        return { outputs: {}, parts, small }
      case 'run':
        return { outputs: await runWhole(kind, task, inputs, context, cache, small), parts, small }
      case 'source':
      case 'list':
        throw new Error(`Internal error: ${task.kind} runs while planning`)
      default:
        return unreachable(kind)
    }
  } finally {
    await disk.close()
  }
}

/** Values on their way to the disk while the next ones are computed; each is told once it is there. */
const COMMITTING = 8
/** Only small ones: room on the disk is looked for value by value, with a reserve that has to be enough for all of these. */
const COMMITTING_BYTES = 50_000

async function runEach(
  kind: EachKind,
  task: Omit<StageTask, 'id'>,
  inputs: Inputs,
  context: TaskContext,
  cache: TaskStore,
  send: (message: FromHost) => void,
): Promise<void> {
  const stale = new Set(task.stale)
  const items = inputs.items(kind.over).items.filter(({ digest }) => stale.delete(digest)) // each content once
  const open = await kind.open(inputs, context as never)
  const committing: Promise<void>[] = []
  try {
    send({ type: 'header', header: open.header })
    for (const [done, item] of items.entries()) {
      await breathe(context.signal)
      const started = performance.now()
      const bytes = await open.each(item)
      checkArtifact(kind.gives[0], bytes, { header: open.header })
      const wallMs = performance.now() - started
      const told = cache.objects
        .putTensor(bytes)
        .then((stored) => send({ type: 'item', item: item.digest, stored, wallMs }))
      told.catch(() => {}) // its turn to be awaited comes
      committing.push(told)
      if (bytes.byteLength > COMMITTING_BYTES) await told
      else if (committing.length > COMMITTING) await committing.shift()
      context.progress(done + 1, items.length, 'images')
    }
    await Promise.all(committing)
  } finally {
    await Promise.allSettled(committing)
    await open.close()
  }
}

/** Images that a stage reads, where one input alone says so. */
function imagesOf({ inputs }: Pick<StageTask, 'inputs'>): { images?: number } {
  const counts = Object.values(inputs).flatMap((input) => (input.type === 'items' ? [input.items.length] : []))
  return counts.length === 1 ? { images: counts[0] } : {}
}

async function runWhole(
  kind: RunKind,
  task: Omit<StageTask, 'id'>,
  inputs: Inputs,
  context: TaskContext,
  cache: TaskStore,
  small: Uint8Array[],
): Promise<StageResult['outputs']> {
  const results = await kind.run(inputs, context as never)
  const outputs: Partial<Record<ArtifactKind, StoredObject>> = {}
  for (const artifact of kind.gives) {
    const bytes = results[artifact]
    if (bytes === undefined) throw new Error(`Internal error: ${kind.kind} gave no ${artifact}`)
    checkArtifact(artifact, bytes, imagesOf(task))
    if (bytes.byteLength < SMALL_BYTES) {
      small.push(bytes)
      outputs[artifact] = { digest: digestBytes(bytes), bytes: bytes.byteLength }
    } else {
      outputs[artifact] = await cache.objects.putBlob(bytes)
    }
  }
  return outputs
}

/** Lets messages in between two pieces of work, and ends the task where one of them was a cancel. */
async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}

function taskContext(
  task: Omit<StageTask, 'id'>,
  {
    cache,
    signal,
    send,
    disk,
    used,
  }: {
    cache: TaskStore
    signal: AbortSignal
    send: (message: FromHost) => void
    disk: AttemptDisk
    used: (usage: ProcessUsage) => void
  },
): TaskContext {
  return {
    disk,
    used,
    memBytes: task.memBytes,
    settings: task.settings,
    signal,
    engine: task.engine,
    threads: task.threads,
    devices: task.devices ?? [],
    seed: task.seed,
    variables: task.variables,
    draw: (...purpose) => seededRandom(task.seed, task.kind, ...purpose),
    progress: thinned(PROGRESS_EVERY_MS, (done, total, unit) => send({ type: 'progress', done, total, unit })),
    metric: (name, value, step) => send({ type: 'metric', name, value, step }),
    log: (text, level = 'info') => send({ type: 'log', level, text }),
    warn: (diagnostic) => send({ type: 'warn', diagnostic }),
    weights: async (digest?: Digest) => {
      const wanted = digest ?? task.ownWeights
      const file = task.weights.find((each) => each.digest === wanted)
      if (file === undefined) throw new Error(`Internal error: ${task.address} asks for weights it did not declare`)
      const bytes = await readFile(file.path).catch((error: unknown) => {
        const { code = String(error) } = error as NodeJS.ErrnoException
        throw new Failure('E301', `cannot read the weights file ${file.path}: ${code}`, {
          help: ['add it again: pipeline weights add FILE'],
        })
      })
      if (digestBytes(bytes) !== file.digest) {
        throw new Failure('E302', `the weights file ${file.path} no longer has the digest it was registered with`, {
          help: ['add it again: pipeline weights add FILE'],
        })
      }
      return { bytes, digest: file.digest, network: file.network }
    },
    checkpoint: {
      read: () => task.checkpoint && readCheckpoint(task.cacheFolder, task.checkpoint),
      write: (bytes) => {
        if (task.checkpoint !== undefined) writeCheckpoint(task.cacheFolder, task.checkpoint, bytes)
      },
    },
    putBlob: async (bytes) => {
      const stored = await cache.objects.putBlob(bytes)
      disk.parts.push(stored)
      return stored.digest
    },
  }
}
