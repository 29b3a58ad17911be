import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJson } from '../../artifacts/json.ts'
import type { Digest } from '../../base/digest.ts'
import { Cache } from '../../cache/cache.ts'
import { DamagedEntry } from '../../cache/objects.ts'
import type { KeyManifest } from '../key.ts'
import { readRun } from './find-run.ts'
import type { RunDocument, RunStage } from './run-document.ts'

/** Opens the cache for reading, for as long as `read` takes; undefined where there is none. Takes no lock. */
export async function withCache<T>(folder: string, read: (cache: Cache) => T): Promise<T | undefined> {
  if (!existsSync(join(folder, 'index.lmdb'))) return undefined
  const cache = new Cache(folder, { readOnly: true })
  try {
    return read(cache)
  } finally {
    await cache.close()
  }
}

/** A stage's JSON output; undefined where it has none, or where it was evicted or is damaged. */
export function readJsonOutput(cache: Cache, stage: RunStage, name: string): unknown {
  if (!Object.hasOwn(stage.artifacts, name)) return undefined
  try {
    return decodeJson(cache.objects.read(stage.artifacts[name].digest as Digest))
  } catch (error) {
    if (error instanceof DamagedEntry) return undefined
    throw error
  }
}

/** The pre-image of a stage's key, from the record that has it; undefined for list stages and stages that were never reached. */
export function manifestOf(runsFolder: string, stage: RunStage): KeyManifest | undefined {
  if (stage.manifest !== undefined || stage.freshSince === undefined) return stage.manifest
  let since: RunDocument
  try {
    since = readRun(runsFolder, stage.freshSince)
  } catch {
    return undefined // its folder was removed
  }
  return since.stages.find(({ address, key }) => address === stage.address && key === stage.key)?.manifest
}
