import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../base/write-whole.ts'
import type { Ended } from '../execute.ts'

/** Address of an `evaluate` stage -> digest of an item's pixels -> digest of its pictures in the cache. */
export type KeptPictures = Readonly<Record<string, Readonly<Record<string, string>>>>

const FILE = 'pictures.json'

/** Notes in the run's folder which pictures belong to which verdict, for reports: values of single items are in no record. */
export function keepPictures(runFolder: string, ended: ReadonlyMap<string, Ended>): void {
  const kept: Record<string, Record<string, string>> = {}
  for (const { outcome } of ended.values()) {
    if (outcome?.stage.implicit !== true || !('thresholds' in outcome.stage.bindings)) continue
    const pictures = [...outcome.values].map(([item, { digest }]) => [item, digest] as const)
    kept[outcome.stage.bindings.thresholds] = Object.fromEntries(pictures)
  }
  if (Object.keys(kept).length === 0) return
  const path = join(runFolder, FILE)
  try {
    writeWhole(path, `${JSON.stringify(kept)}\n`)
  } catch {
    // A full disk: what needs the room says so, and the report names its images.
  }
}

/** What `keepPictures` noted; nothing where it noted nothing. */
export function readKeptPictures(runFolder: string): KeptPictures {
  const path = join(runFolder, FILE)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptPictures) : {}
}
