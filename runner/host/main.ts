// The task host: a child process that computes. It lives as long as its parent, works on one task at a time, writes
// tensors and blobs into the cache and tells the parent digests; the parent alone writes the index.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { armFault } from '../../base/fault.ts'
import { thinned } from '../../base/thinned.ts'
import { unreachable } from '../../base/unreachable.ts'
import { Cache } from '../../cache/cache.ts'
import { failed } from './failed.ts'
import { Outbox } from './outbox.ts'
import { peakMemory, resetPeakMemory, volunteerForOom } from './memory.ts'
import {
  type FromHost,
  type InspectTask,
  PROGRESS_EVERY_MS,
  type StageTask,
  type Task,
  type TaskUsage,
  type ToHost,
} from './protocol.ts'

const { send } = new Outbox((messages) => {
  if (process.connected) process.send!(messages)
})

let cancel = new AbortController()
let cache: Cache | undefined

process.on('message', (message: ToHost) => {
  if (message.type === 'cancel') cancel.abort()
  else void work(message)
})
process.on('disconnect', () => process.exit(0)) // the parent is gone, killed perhaps: nothing may outlive it
new Worker(new URL('./watch.js', import.meta.url), { workerData: Number(process.argv[2]) })
volunteerForOom()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}) // the parent decides
armFault(process.env.PIPELINE_FAULT, 'host')
send({ type: 'ready' })

async function work(task: Task): Promise<void> {
  cancel = new AbortController()
  const usage = startUsage()
  try {
    send(await perform(task, usage))
  } catch (error) {
    send(cancel.signal.aborted ? { type: 'cancelled' } : failed(error, usage(), send))
  }
}

async function perform(task: Task, usage: () => TaskUsage): Promise<FromHost> {
  switch (task.type) {
    case 'stage': {
      const { performStage } = await import('./perform.ts')
      return performStage(task, { cache: openCache(task), signal: cancel.signal, send, usage })
    }
    case 'inspect':
      await inspectAll(task)
      return { type: 'done', outputs: {}, parts: [], small: [], usage: usage() }
    case 'measure': {
      const { measureEngine } = await import('./measure.ts')
      return { type: 'measured', ...(await measureEngine(task.threads)) }
    }
    default:
      return unreachable(task)
  }
}

async function inspectAll(task: InspectTask): Promise<void> {
  const { inspect } = await import('./inspect.ts')
  const total = task.sources.length
  const progress = thinned(PROGRESS_EVERY_MS, (done) => send({ type: 'progress', done, total, unit: 'images' }))
  let next = 0
  let done = 0
  const inspectNext = async (): Promise<void> => {
    while (next < total) {
      cancel.signal.throwIfAborted()
      const { digest, source, role } = task.sources[next++]
      send({ type: 'inspected', digest, role, inspection: await inspect(source, role, task.files) })
      progress(++done, total)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, inspectNext))
}

function openCache(task: StageTask): Cache {
  cache ??= new Cache(task.cacheFolder, { readOnly: true })
  return cache
}

/** CPU time and peak memory of this process since the call. */
function startUsage(): () => TaskUsage {
  resetPeakMemory()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { cpuMs: (user + system) / 1000, rssBytes: peakMemory() }
  }
}
