import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import type { Cache } from '../cache/cache.ts'
import { isSettled, statFile } from './file-stat.ts'

/** Stats done at a stretch before the event loop gets its turn. */
const STAT_BATCH = 500
const TOPIC = 'listing@1'

/** A list of files as the file system has it: names, sizes, times and inodes, not contents. */
export interface Listing {
  readonly fingerprint: string
  /** Every file was at rest for longer than the grain of its clock, so that any later change shows. */
  readonly settled: boolean
  /** Digest of paths and contents, if they were read under this very fingerprint. */
  readonly digest?: Digest
}

/** Looks whether a list of files is known as a whole: then no record of any single file is needed. */
export async function knownListing(
  paths: readonly string[],
  { root, cache, signal }: { readonly root: string; readonly cache: Cache; readonly signal: AbortSignal },
): Promise<Listing> {
  const hash = createHash('sha256')
  const nowMs = Date.now()
  let settled = true
  for (const [i, path] of paths.entries()) {
    if (i % STAT_BATCH === STAT_BATCH - 1) {
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
    }
    try {
      const stat = statFile(join(root, path))
      settled &&= isSettled(stat, nowMs)
      hash.update(`${path}\0${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.inode}\0`)
    } catch {
      settled = false // gone meanwhile: reading it will say so
    }
  }
  const fingerprint = hash.digest('hex')
  const known = settled ? cache.index.facts.get(`${TOPIC}\0${fingerprint}`) : undefined
  return { fingerprint, settled, ...(known !== undefined && { digest: known as Digest }) }
}

/** Keeps the digest of a list whose files were read after the look that gave its fingerprint. */
export async function rememberListing({ fingerprint, settled }: Listing, digest: Digest, cache: Cache): Promise<void> {
  if (settled) await cache.commit(() => void cache.index.facts.put(`${TOPIC}\0${fingerprint}`, digest))
}
