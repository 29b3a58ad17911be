import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestValue } from '../../base/digest.ts'
import { Cache } from '../../cache/cache.ts'
import { membersOf } from '../../cache/uses.ts'

let folder: string
let cache: Cache

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flawline-uses-'))
  cache = new Cache(folder)
})
afterEach(async () => {
  await cache.close()
  await rm(folder, { recursive: true })
})

const HOUR = 3600_000
const items = [1, 2, 3].map((n) => digestValue('item', n))

test('a use is known by its stage key, with the specs that share it', async () => {
  await cache.touch([{ key: 'k', kind: 'train/dfr', spec: 'one' }], HOUR)
  await cache.touch([{ key: 'k', kind: 'train/dfr', spec: 'two' }], HOUR + 1)
  expect(cache.index.uses.get('k')).toEqual({ lastMs: HOUR + 1, kind: 'train/dfr', specs: ['one', 'two'] })
})

test('a use soon after the last one writes nothing, a later one moves the time', async () => {
  const use = [{ key: 'k', kind: 'train/dfr', spec: 'one' }]
  await cache.touch(use, HOUR)
  await cache.touch(use, HOUR + 60_000)
  expect(cache.index.uses.get('k')?.lastMs).toBe(HOUR)
  await cache.touch(use, 2 * HOUR)
  expect(cache.index.uses.get('k')?.lastMs).toBe(2 * HOUR)
})

test('items of a stage are remembered with it', async () => {
  await cache.touch([{ key: 'k', kind: 'extract/x', spec: 'one', base: 'b', items }])
  expect([...membersOf(cache.index.members.getBinary('k')!)]).toEqual(items.map((key) => key.slice(0, 16)))
})
