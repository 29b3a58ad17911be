import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import type { Cache } from './cache.ts'

/**
 * Removes bytes that no record names, and files that were never finished: what killed hosts leave. Only while no other
 * process is at work, since bytes come before their record. Gives the bytes removed.
 */
export async function sweepOrphans(cache: Cache, needed: ReadonlySet<Digest>): Promise<number> {
  return (
    (await sweepSegments(cache, needed)) +
    (await sweepSmall(cache, needed)) +
    sweepBlobs(cache, needed) +
    sweepParts(cache) +
    sweepCheckpoints(cache)
  )
}

async function sweepSegments({ objects: { segments } }: Cache, needed: ReadonlySet<Digest>): Promise<number> {
  let bytes = 0
  for (const name of segments.names()) {
    const orphans = segments.digests(name).filter((digest) => !needed.has(digest))
    for (const digest of orphans) bytes += segments.read(name, digest)?.byteLength ?? 0
    await segments.remove(orphans)
  }
  return bytes
}

async function sweepSmall({ index, objects }: Cache, needed: ReadonlySet<Digest>): Promise<number> {
  const orphans = [...index.small.getRange()].filter(({ key }) => !needed.has(key as Digest))
  if (orphans.length > 0) await objects.removeFromIndex(orphans.map(({ key }) => key as Digest))
  return orphans.reduce((sum, { value }) => sum + value.byteLength, 0)
}

function sweepBlobs({ objects: { blobs } }: Cache, needed: ReadonlySet<Digest>): number {
  let bytes = 0
  for (const { path, digest, size } of blobs.files()) {
    if (digest !== undefined && needed.has(digest)) continue
    bytes += size
    rmSync(path, { force: true })
  }
  return bytes
}

/** Rewritten segments that a kill left unfinished. */
function sweepParts({ folder }: Cache): number {
  const tensors = join(folder, 'tensors')
  let bytes = 0
  for (const name of readdirSync(tensors).filter((each) => each.includes('.part'))) {
    bytes += statSync(join(tensors, name)).size
    rmSync(join(tensors, name), { force: true })
  }
  return bytes
}

/** A checkpoint that nobody went on from for this long belongs to a training that was given up. */
const CHECKPOINT_MS = 30 * 24 * 3600_000

function sweepCheckpoints({ folder }: Cache): number {
  const checkpoints = join(folder, 'checkpoints')
  let bytes = 0
  for (const name of existsSync(checkpoints) ? readdirSync(checkpoints) : []) {
    const { size, mtimeMs } = statSync(join(checkpoints, name))
    if (Date.now() - mtimeMs < CHECKPOINT_MS) continue
    bytes += size
    rmSync(join(checkpoints, name), { force: true })
  }
  return bytes
}
