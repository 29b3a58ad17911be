import { Worker } from 'node:worker_threads'
import { type Digested, tryDigest } from './digest-whole.ts'

/** From so many files or bytes on, threads are worth their start. */
const THREADS_FROM = { files: 500, bytes: 32e6 }
/** Files that a thread is given at a time. */
const BATCH = 256
/** The calling thread is not held for longer at a stretch. */
const STRETCH_MS = 20

export interface FileToRead {
  readonly path: string
  readonly size: number
}

export interface DigestOptions {
  /** Files read side by side. */
  readonly readers: number
  readonly signal: AbortSignal
  /** Called for each file, in no order, with the time just before it was read. */
  readonly onDigest: (index: number, digested: Digested, readAtMs: number) => void
}

/** Digests files, many of them in threads. Rejects with the signal's reason. */
export async function digestAll(files: readonly FileToRead[], options: DigestOptions): Promise<void> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (files.length >= THREADS_FROM.files || bytes >= THREADS_FROM.bytes) {
    await digestInThreads(files, options)
    return
  }
  let since = performance.now()
  for (const [i, { path }] of files.entries()) {
    const readAtMs = Date.now()
    options.onDigest(i, tryDigest(path), readAtMs)
    if (performance.now() - since < STRETCH_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    options.signal.throwIfAborted()
    since = performance.now()
  }
}

async function digestInThreads(
  files: readonly FileToRead[],
  { readers, signal, onDigest }: DigestOptions,
): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { execArgv: [] })
    try {
      while (next < files.length) {
        signal.throwIfAborted()
        const first = next
        const batch = files.slice(first, first + batchSize(files, first))
        next += batch.length
        const readAtMs = Date.now()
        const digested = await ask(
          worker,
          batch.map(({ path }) => path),
        )
        for (const [i, one] of digested.entries()) onDigest(first + i, one, readAtMs)
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(readers, Math.ceil(files.length / BATCH) || 1) }, work))
}

/** Up to so many bytes at a time, so that a cancel is heard and threads end together. */
const BATCH_BYTES = 32e6

function batchSize(files: readonly FileToRead[], first: number): number {
  let bytes = 0
  let count = 0
  while (count < BATCH && first + count < files.length && bytes < BATCH_BYTES) bytes += files[first + count++].size
  return count
}

function ask(worker: Worker, paths: readonly string[]): Promise<readonly Digested[]> {
  return new Promise((resolve, reject) => {
    const onError = (error: unknown): void => reject(error instanceof Error ? error : new Error(String(error)))
    worker.once('error', onError)
    worker.once('message', (digested: readonly Digested[]) => {
      worker.off('error', onError)
      resolve(digested)
    })
    worker.postMessage(paths)
  })
}
