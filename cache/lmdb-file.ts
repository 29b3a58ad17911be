import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { faultPoint } from '../base/fault.ts'

/** Layout of the two meta pages of LMDB's data format, as lmdb 3 writes it: bytes from the start of the page. */
const MAGIC = 0xbeefc0de
const AT = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 }
const META_PAGE_BYTES = 4096

/**
 * LMDB maps its file and trusts it, so one that was cut short or overwritten kills the process that opens it. Looks at
 * the head of the file first and renames it where it cannot be right; gives the new name.
 */
export function setAsideUnsound(path: string): string | undefined {
  return !existsSync(path) || isSound(path) ? undefined : setAside(path)
}

/** Renames a damaged file with its lock file; gives the new name. */
export function setAside(path: string): string {
  const aside = `${path}.damaged-${Date.now()}`
  faultPoint('set-aside')
  renameSync(path, aside)
  faultPoint('set-aside-lock')
  if (existsSync(lockOf(path))) renameSync(lockOf(path), lockOf(aside)) // it counts the transactions of that very file
  return aside
}

const lockOf = (path: string): string => `${path}-lock`

function isSound(path: string): boolean {
  const entry = statSync(path)
  if (!entry.isFile()) return false
  const { size } = entry
  if (size === 0) return true // made, not yet written
  const head = new DataView(new ArrayBuffer(2 * META_PAGE_BYTES))
  const file = openSync(path, 'r')
  try {
    if (readSync(file, head) < head.byteLength) return false
  } finally {
    closeSync(file)
  }
  const metas = [0, META_PAGE_BYTES].filter((page) => head.getUint32(page + AT.magic, true) === MAGIC)
  if (metas.length < 2) return false
  const transaction = (page: number): bigint => head.getBigUint64(page + AT.transaction, true)
  const newest = transaction(metas[0]) > transaction(metas[1]) ? metas[0] : metas[1]
  const pages = Number(head.getBigUint64(newest + AT.lastPage, true)) + 1
  return size >= pages * head.getUint32(newest + AT.pageSize, true)
}
