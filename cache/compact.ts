import { renameSync, rmSync } from 'node:fs'
import { open } from 'lmdb'
import { type Digest, digestBytes } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import { SEGMENT_BYTES, type Segments } from './segments.ts'

/** A segment is rewritten once less than this share of it holds something. */
const LEAST_LIVE_SHARE = 0.5
/** Smaller files are not worth it. */
const LEAST_BYTES = 1e6

/**
 * Rewrites the live rest of segments that are mostly empty into new ones and unlinks the old: an LMDB file never shrinks by
 * itself. Safe at every step: the new file is complete and flushed before it gets its name, both hold the same until the
 * old one is unlinked, and readers in other processes go on with what they have mapped. Only while no other process writes.
 */
export async function compactSegments(segments: Segments): Promise<void> {
  const due = segments.names().filter((name) => {
    const { fileBytes, liveBytes, entries } = segments.usage(name)
    return entries === 0 ? fileBytes > LEAST_BYTES : fileBytes > LEAST_BYTES && liveBytes < LEAST_LIVE_SHARE * fileBytes
  })
  let group: string[] = []
  let bytes = 0
  for (const name of due) {
    const { liveBytes } = segments.usage(name)
    if (group.length > 0 && bytes + liveBytes > SEGMENT_BYTES) {
      await rewrite(segments, group)
      group = []
      bytes = 0
    }
    group.push(name)
    bytes += liveBytes
  }
  if (group.length > 0) await rewrite(segments, group)
}

/** Values in one transaction of the copy, so that memory stays bounded. */
const BATCH_BYTES = 64e6

async function rewrite(segments: Segments, names: readonly string[]): Promise<void> {
  const live = names.flatMap((name) => segments.digests(name).map((digest) => ({ name, digest })))
  // The newest gets a successor even if nothing is left of it: numbers are never used twice.
  if (live.length > 0 || names.includes(segments.names()[0])) {
    const next = segments.path(segments.nextName())
    const part = `${next}.part`
    for (const path of [part, `${part}-lock`]) rmSync(path, { force: true }) // of a process that was killed
    const target = open<Uint8Array, string>({ path: part, noSubdir: true, encoding: 'binary' })
    let batch: [Digest, Uint8Array][] = []
    const write = async (): Promise<void> => {
      const values = batch
      batch = []
      await target.transaction(() => {
        for (const [digest, bytes] of values) void target.put(digest, bytes)
      })
    }
    let bytes = 0
    for (const { name, digest } of live) {
      const value = segments.read(name, digest)
      if (value === undefined || digestBytes(value) !== digest) continue // damaged: a miss, computed again
      batch.push([digest, Uint8Array.from(value)])
      bytes += value.byteLength
      if (bytes < BATCH_BYTES) continue
      bytes = 0
      await write()
    }
    await write()
    await target.flushed
    await target.close()
    faultPoint('compact-rename')
    renameSync(part, next)
    rmSync(`${part}-lock`, { force: true })
  }
  for (const name of names) await segments.unlink(name)
}
