import { statSync } from 'node:fs'
import type { StatRecord } from '../cache/records.ts'

export type FileStat = Omit<StatRecord, 'digest' | 'readAtMs'>

/** What tells whether a file is the one that was read; throws the file system's own error. */
export function statFile(path: string): FileStat {
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true })
  return { size: Number(size), mtimeNs, ctimeNs, inode: ino }
}

/** A file changed this soon before it was read may change again without its times moving; file systems that count whole seconds need more. */
const GRAIN_MS = 50
const COARSE_GRAIN_MS = 2000
const SECOND_NS = 1_000_000_000n

/** Whether a file had been at rest for longer than the grain of its clock when it was read, so that any later change shows. */
export function isSettled({ mtimeNs, ctimeNs }: FileStat, readAtMs: number): boolean {
  const changedNs = mtimeNs > ctimeNs ? mtimeNs : ctimeNs
  const grain = ctimeNs % SECOND_NS === 0n ? COARSE_GRAIN_MS : GRAIN_MS
  return readAtMs - Number(changedNs / 1_000_000n) > grain
}
