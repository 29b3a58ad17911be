// Reads everything that the records of a cache name and prints what is not what its digest says: node check-cache.mjs FOLDER
import { createHash } from 'node:crypto'
import { Cache } from '../../dist/cache/cache.js'
import { recordsOf } from '../../dist/cache/records-of.js'

const cache = new Cache(process.argv[2], { readOnly: true })
const wrong = []
let checked = 0

function check(key, { digest, bytes }) {
  checked++
  try {
    const stored = cache.objects.read(digest)
    if (stored.byteLength !== bytes) wrong.push(`${key}: size`)
    if (createHash('sha256').update(stored).digest('hex') !== digest) wrong.push(`${key}: content`)
  } catch (error) {
    wrong.push(`${key}: ${error.message}`)
  }
}

for (const { key, value } of recordsOf(cache.index.actions))
  for (const stored of [...Object.values(value.outputs), ...value.parts]) check(key, stored)
for (const { key, value } of recordsOf(cache.index.items)) check(key, value)
console.log(JSON.stringify({ wrong, checked }))
process.exit(0)
