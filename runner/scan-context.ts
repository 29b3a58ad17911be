import { isAbsolute, join } from 'node:path'
import { type Digest, digestValue } from '../base/digest.ts'
import type { Cache } from '../cache/cache.ts'
import { FileStats } from '../cache/file-stats.ts'
import type { StatRecord } from '../cache/records.ts'
import type { ScanContext } from '../stages/stage.ts'
import { digestAll } from './digest-files/digest-all.ts'
import type { IndexWriter } from './index-writer.ts'
import type { KnownFacts } from './known-facts.ts'
import { type FileStat, isSettled, statFile } from './file-stat.ts'

/** Stats done at a stretch before the event loop gets its turn. */
const STAT_BATCH = 500
/** Records written as one transaction, at least. */
const COMMIT_BATCH = 4000

export interface ScanOptions {
  readonly cache: Cache
  readonly facts: KnownFacts
  readonly writer: IndexWriter
  readonly root: string
  readonly seed: number
  /** Files read side by side. */
  readonly readers: number
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  /** Told before files are read that were never read, or changed. */
  readonly unread?: () => void
  /** Takes files that changed for another content, told by size and time, and opens none that was ever read. */
  readonly peek?: true
}

/** File digests from the stat cache, facts remembered by content; nothing in it knows what an image is. */
export function scanContext({
  cache,
  facts,
  writer,
  root,
  seed,
  readers,
  signal,
  progress,
  unread,
  peek,
}: ScanOptions): ScanContext {
  /** While peeking: content that was made up -> what the file held when it was read. */
  const earlier = new Map<Digest, Digest>()
  return {
    signal,
    seed,
    progress,
    absolute: (path) => (isAbsolute(path) ? path : join(root, path)),
    digests: (paths) =>
      digestFiles(paths, { cache, readers, signal, progress, ...(unread && { unread }), ...(peek && { earlier }) }),
    remember: async <T>(topic: string, digest: Digest, compute: () => Promise<T>): Promise<T> => {
      const before = earlier.get(digest)
      const known = facts.get(topic, digest) ?? (before && facts.get(topic, before))
      if (known !== undefined) return known as T
      const fact = await compute()
      if (peek !== true) facts.add(topic, digest, fact, writer)
      return fact
    },
  }
}

async function digestFiles(
  paths: readonly string[],
  {
    cache,
    readers,
    signal,
    progress,
    unread: tellUnread,
    earlier,
  }: Pick<ScanOptions, 'cache' | 'readers' | 'signal' | 'progress' | 'unread'> & {
    readonly earlier?: Map<Digest, Digest>
  },
): Promise<{ digests: Map<string, Digest>; failed: Map<string, string> }> {
  const stats = new FileStats(cache.index)
  const digests = new Map<string, Digest>()
  const failed = new Map<string, string>()
  const unread: UnreadFile[] = []
  for (const [i, path] of paths.entries()) {
    if (i % STAT_BATCH === STAT_BATCH - 1) await breathe(signal)
    try {
      const stat = statFile(path)
      const known = stats.get(path)
      if (known !== undefined && isSame(known, stat)) digests.set(path, known.digest)
      else if (earlier === undefined) unread.push({ path, size: stat.size, stat })
      else {
        const made = digestValue('unread', [path, stat.size, String(stat.mtimeNs)])
        if (known !== undefined) earlier.set(made, known.digest)
        digests.set(path, made)
      }
    } catch (error) {
      failed.set(path, (error as NodeJS.ErrnoException).code ?? String(error))
    }
  }
  if (unread.length > 0) tellUnread?.()
  let done = 0
  let read: [string, StatRecord][] = []
  let batch = COMMIT_BATCH
  const commit = async (): Promise<void> => {
    const records = read
    read = []
    batch = Math.max(batch, done) // a folder's record is written whole each time
    await cache.commit(() => stats.put(records))
  }
  let committed = Promise.resolve()
  try {
    await digestAll(unread, {
      readers,
      signal,
      onDigest(i, digested, readAtMs) {
        const { path, stat } = unread[i]
        if ('failed' in digested) failed.set(path, digested.failed)
        else {
          digests.set(path, digested.digest)
          read.push([path, { ...stat, digest: digested.digest, readAtMs }])
        }
        if (read.length >= batch) committed = Promise.all([committed, commit()]).then(() => {})
        progress(++done, unread.length)
      },
    })
  } finally {
    await committed
  }
  if (read.length > 0) await commit()
  return { digests, failed }
}

interface UnreadFile {
  readonly path: string
  readonly size: number
  readonly stat: FileStat
}

async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}

const isSame = (known: StatRecord, stat: FileStat): boolean =>
  isSettled(stat, known.readAtMs) &&
  known.size === stat.size &&
  known.mtimeNs === stat.mtimeNs &&
  known.ctimeNs === stat.ctimeNs &&
  known.inode === stat.inode
