// Reads everything that the records of the cache in a folder name, and prints what is not what its digest says. A program
// of its own, as any other that has the cache open; its argument is the folder.
import { createHash } from 'node:crypto'
import { Cache } from '../../cache/cache.ts'
import { recordsOf } from '../../cache/records-of.ts'
import type { StoredObject } from '../../cache/records.ts'

const cache = new Cache(process.argv[2], { readOnly: true })
const wrong: string[] = []
let checked = 0

function check(key: string, { digest, bytes }: StoredObject): void {
  checked++
  try {
    const stored = cache.objects.read(digest)
    if (stored.byteLength !== bytes) wrong.push(`${key}: size`)
    if (createHash('sha256').update(stored).digest('hex') !== digest) wrong.push(`${key}: content`)
  } catch (error) {
    wrong.push(`${key}: ${String(error)}`)
  }
}

for (const { key, value } of recordsOf(cache.index.actions))
  for (const stored of [...Object.values(value.outputs), ...value.parts]) check(key, stored)
for (const { key, value } of recordsOf(cache.index.items)) check(key, value)
process.stdout.write(JSON.stringify({ wrong, checked }), () => process.exit(0))
