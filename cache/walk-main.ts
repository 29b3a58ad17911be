// Reads every entry of an LMDB file, whose path is the argument, in a process of its own: LMDB trusts the pages it maps, so
// damage inside a file kills or misleads whoever reads it. Ends with 0, or with 9 where LMDB itself finds the damage.
import { type Database, open } from 'lmdb'
import { DAMAGED_EXIT, isLmdbDamage } from './lmdb-damage.ts'

const DIGEST_LENGTH = 64

/** Fewer or more entries than LMDB counted when it wrote them. */
function requireCount(database: Database<Uint8Array, string>, entries: number): void {
  if ((database.getStats() as Readonly<Record<string, number>>).entryCount !== entries) process.exit(DAMAGED_EXIT)
}

try {
  const root = open<Uint8Array, string>({
    path: process.argv[2],
    noSubdir: true,
    readOnly: true,
    encoding: 'binary',
    maxDbs: 64,
  })
  const isIndex = process.argv[2].endsWith('index.lmdb')
  // Of a segment the keys: they are on the pages that lead to values, and values carry digests of their own.
  const keys = [...root.getKeys()]
  requireCount(root, keys.length)
  if (!isIndex && keys.some((key) => typeof key !== 'string' || key.length !== DIGEST_LENGTH))
    process.exit(DAMAGED_EXIT)
  for (const name of isIndex ? keys : []) {
    const database = root.openDB<Uint8Array, string>({ name, encoding: 'binary' })
    let entries = 0
    for (const { value } of database.getRange()) if (value.byteLength >= 0) entries++
    requireCount(database, entries)
  }
  process.exit(0)
} catch (error) {
  process.exit(isLmdbDamage(error) ? DAMAGED_EXIT : 1)
}
