import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type Digest, digestFile, digestValue } from '../base/digest.ts'
import type { Cache } from '../cache/cache.ts'
import type { StatRecord } from '../cache/records.ts'
import type { ScanContext } from '../stages/stage.ts'

/** A file changed this soon before it was read may change again without its time moving: its record is not trusted. */
const RACY_MS = 50
/** Stats done at a stretch before the event loop gets its turn. */
const STAT_BATCH = 500

export interface ScanOptions {
  readonly cache: Cache
  readonly root: string
  readonly seed: number
  /** Files read side by side. */
  readonly readers: number
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
}

/** File digests from the stat cache, facts remembered by content; nothing in it knows what an image is. */
export function scanContext({ cache, root, seed, readers, signal, progress }: ScanOptions): ScanContext {
  return {
    signal,
    seed,
    progress,
    absolute: (path) => (isAbsolute(path) ? path : join(root, path)),
    digests: (paths) => digestFiles(paths, { cache, readers, signal, progress }),
    remember: async (topic, digest, compute) => {
      const name = `${topic}\0${digest}`
      const known = cache.index.facts.get(name)
      if (known !== undefined) return known as Awaited<ReturnType<typeof compute>>
      const fact = await compute()
      await cache.commit(() => void cache.index.facts.put(name, fact))
      return fact
    },
  }
}

async function digestFiles(
  paths: readonly string[],
  { cache, readers, signal, progress }: Pick<ScanOptions, 'cache' | 'readers' | 'signal' | 'progress'>,
): Promise<{ digests: Map<string, Digest>; failed: Map<string, string> }> {
  const digests = new Map<string, Digest>()
  const failed = new Map<string, string>()
  const unread: { path: string; stat: Omit<StatRecord, 'digest' | 'readAtMs'> }[] = []
  for (const [i, path] of paths.entries()) {
    if (i % STAT_BATCH === STAT_BATCH - 1) await new Promise((resolve) => setImmediate(resolve))
    try {
      const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true })
      const stat = { size: Number(size), mtimeNs, ctimeNs, inode: ino }
      const known = cache.index.stats.get(statName(path))
      if (known !== undefined && isSame(known, stat)) digests.set(path, known.digest)
      else unread.push({ path, stat })
    } catch (error) {
      failed.set(path, (error as NodeJS.ErrnoException).code ?? String(error))
    }
  }
  let done = 0
  const queue = unread.values()
  const read: [string, StatRecord][] = []
  const reader = async (): Promise<void> => {
    for (const { path, stat } of queue) {
      signal.throwIfAborted()
      const readAtMs = Date.now()
      try {
        const digest = await digestFile(path)
        digests.set(path, digest)
        read.push([path, { ...stat, digest, readAtMs }])
      } catch (error) {
        failed.set(path, (error as NodeJS.ErrnoException).code ?? String(error))
      }
      progress(++done, unread.length)
    }
  }
  await Promise.all(Array.from({ length: readers }, reader))
  if (read.length > 0)
    await cache.commit(() => read.forEach(([path, record]) => void cache.index.stats.put(statName(path), record)))
  return { digests, failed }
}

/** LMDB takes keys of up to 1,978 bytes, and a path may have 4,096. */
const statName = (path: string): string => (path.length * 3 < 1978 ? path : digestValue('path', path))

function isSame(known: StatRecord, stat: Omit<StatRecord, 'digest' | 'readAtMs'>): boolean {
  const settled = known.readAtMs - Number(stat.mtimeNs / 1_000_000n) > RACY_MS
  return (
    settled &&
    known.size === stat.size &&
    known.mtimeNs === stat.mtimeNs &&
    known.ctimeNs === stat.ctimeNs &&
    known.inode === stat.inode
  )
}
