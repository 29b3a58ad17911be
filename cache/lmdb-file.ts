import { closeSync, fstatSync, openSync, readSync, renameSync } from 'node:fs'
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
  return isSound(path) ? undefined : setAside(path)
}

/** Renames a damaged file with its lock file; gives the new name. */
export function setAside(path: string): string {
  const aside = `${path}.damaged-${Date.now()}`
  faultPoint('set-aside')
  rename(path, aside)
  faultPoint('set-aside-lock')
  rename(lockOf(path), lockOf(aside)) // it counts the transactions of that very file
  return aside
}

/** Another process may find the same damage at the same time. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

const lockOf = (path: string): string => `${path}-lock`

function isSound(path: string): boolean {
  const file = openIfThere(path)
  if (file === undefined) return true
  const head = new DataView(new ArrayBuffer(2 * META_PAGE_BYTES))
  let size: number
  try {
    const entry = fstatSync(file)
    if (!entry.isFile()) return false
    size = entry.size
    if (size === 0) return true // made, not yet written
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

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
