import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterAll, expect, test } from 'vitest'
import { RecordCodec } from '../../cache/record-codec.ts'

const folder = mkdtempSync(join(tmpdir(), 'flawline-'))
const database = open({ path: join(folder, 'a.lmdb'), noSubdir: true, encoding: 'msgpack' })
const codec = new RecordCodec(database)
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})
const RECORD = {
  digest: 'ab'.repeat(32),
  size: 12,
  mtimeNs: 1_700_000_000_123_456_789n,
  ratio: 0.1,
  none: null,
  items: new Map([['a', 'b']]),
  list: [{ x: 1 }, { x: 2 }],
  bytes: Uint8Array.from([1, 2, 3]),
}

test('a record comes back as it was written', () => {
  const back = codec.decode(codec.encode(RECORD)) as typeof RECORD
  expect({ ...back, bytes: [...back.bytes] }).toEqual({ ...RECORD, bytes: [1, 2, 3] })
  for (const value of [7, 'text', [], null, 12n]) expect(codec.decode(codec.encode(value))).toEqual(value)
})

test('one flipped bit, a missing end or nothing at all is no record', () => {
  const good = codec.encode(RECORD)
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = Buffer.from(good)
    bad[bit >> 3] ^= 1 << (bit & 7)
    expect(codec.decode(bad)).toBeUndefined()
  }
  for (let length = 0; length < good.length; length++) expect(codec.decode(good.subarray(0, length))).toBeUndefined()
})

test('a table of plain objects reads records of both forms', () => {
  const json = new RecordCodec(database, 'json')
  const record = { digest: 'ab'.repeat(32), bytes: 12, ratio: 0.1, none: null, list: [{ x: 'ä' }] }
  expect(json.decode(json.encode(record))).toEqual(record)
  expect(json.decode(codec.encode(record))).toEqual(record)
  const bad = json.encode(record)
  bad[3] ^= 1
  expect(json.decode(bad)).toBeUndefined()
})
