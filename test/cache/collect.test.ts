import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Digest, digestValue } from '../../base/digest.ts'
import { Cache } from '../../cache/cache.ts'
import { collect, type CollectOptions, previewCollect } from '../../cache/collect.ts'
import { NOTHING_HELD } from '../../cache/ledger.ts'

let folder: string
let cache: Cache

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flawline-collect-'))
  cache = new Cache(folder)
})
afterEach(async () => {
  await cache.close()
  await rm(folder, { recursive: true })
})

const DAY = 24 * 3600_000
const NOW = 100 * DAY
const options = (more: Partial<CollectOptions> = {}): CollectOptions => ({
  maxBytes: Infinity,
  nowMs: NOW,
  held: NOTHING_HELD,
  alone: true,
  ...more,
})

let nextByte = 1
const bytesOf = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  new DataView(bytes.buffer).setUint32(0, nextByte++)
  return bytes
}

/** A whole result as a blob, used at `lastMs`. */
async function addWhole(
  key: string,
  { bytes = 20_000, wallMs = 1000, lastMs = NOW, spec = 'one' } = {},
): Promise<Digest> {
  const stored = await cache.objects.putBlob(bytesOf(bytes))
  await cache.commit(
    () =>
      void cache.index.actions.put(key, {
        kind: 'train/dfr',
        outputs: { model: stored },
        parts: [],
        cost: { wallMs, cpuMs: wallMs, rssBytes: 0 },
        run: '7f3c',
        manifest: null,
        warnings: [],
      }),
  )
  await cache.touch([{ key, kind: 'train/dfr', spec }], lastMs)
  return stored.digest
}

/** Items of one stage, tensors of a megabyte each. */
async function addItems(
  key: string,
  count: number,
  { wallMs = 1000, lastMs = NOW, spec = 'one', base = `base of ${key}` } = {},
): Promise<string[]> {
  const items = Array.from({ length: count }, (_, i) => digestValue('item', [key, i]))
  for (const item of items) {
    const stored = await cache.objects.putTensor(bytesOf(1_000_000))
    await cache.commit(() => void cache.index.items.put(item, { ...stored, wallMs, run: '7f3c' }))
  }
  await cache.touch([{ key, kind: 'extract/x', spec, base, items }], lastMs)
  return items
}

const segments = (): string[] => readdirSync(join(folder, 'tensors')).filter((name) => name.endsWith('.lmdb'))
const segmentBytes = (): number =>
  segments().reduce((sum, name) => sum + statSync(join(folder, 'tensors', name)).size, 0)

describe('what is evicted', () => {
  test('first is what is cheapest to compute again for its bytes', async () => {
    await addWhole('dear', { wallMs: 60_000 })
    await addWhole('cheap', { wallMs: 10 })
    const choice = await collect(cache, options({ maxBytes: 20_000 }))
    expect(choice.evicted.map(({ key }) => key)).toEqual(['cheap'])
    expect(cache.action('dear')).toBeDefined()
    expect(cache.action('cheap')).toBeUndefined()
  })

  test('among equally dear ones is what was used longest ago', async () => {
    await addWhole('new', { wallMs: 1000, lastMs: NOW - DAY })
    await addWhole('old', { wallMs: 1010, lastMs: NOW - 2 * DAY })
    const { evicted } = previewCollect(cache, options({ maxBytes: 20_000 }))
    expect(evicted.map(({ key }) => key)).toEqual(['old'])
  })

  test('are all results unused for longer than the age, whatever they cost', async () => {
    await addWhole('old', { wallMs: 1e9, lastMs: NOW - 31 * DAY })
    await addWhole('new', { wallMs: 1, lastMs: NOW - DAY })
    const { evicted } = await collect(cache, options({ maxAgeMs: 30 * DAY }))
    expect(evicted.map(({ key }) => key)).toEqual(['old'])
  })

  test('is never what a pinned run or a running process uses', async () => {
    await addWhole('pinned')
    const items = await addItems('used', 2)
    const { evicted, held } = await collect(
      cache,
      options({ maxBytes: 0, held: { pinned: new Set(['pinned']), inUse: new Set(['base of used']) } }),
    )
    expect(evicted).toEqual([])
    expect(held).toEqual({ pinned: 20_000, 'in use': 2_000_000 })
    expect(items.every((item) => cache.item(item) !== undefined)).toBe(true)
  })

  test('is nothing where the cache is within its limits', async () => {
    await addWhole('k')
    expect((await collect(cache, options())).evicted).toEqual([])
    expect(cache.action('k')).toBeDefined()
  })

  test('leaves bytes that another result shares', async () => {
    const shared = await addWhole('a', { wallMs: 1 })
    await cache.commit(() => {
      void cache.index.actions.put('b', {
        ...cache.index.actions.get('a')!,
        cost: { wallMs: 1e6, cpuMs: 0, rssBytes: 0 },
      })
    })
    const { evicted, freedBytes } = await collect(cache, options({ maxBytes: 20_000 }))
    expect({ evicted, freedBytes }).toEqual({ evicted: [], freedBytes: 0 })
    await collect(cache, options({ maxBytes: 10_000 }))
    expect(cache.objects.has(shared)).toBe(false)
  })
})

describe('an eviction', () => {
  test('is remembered with its time, by the key of the stage or the key without items', async () => {
    await addWhole('whole')
    await addItems('items', 2)
    await collect(cache, options({ maxBytes: 0 }))
    expect(cache.evictedAt('whole')).toBe(NOW)
    expect(cache.evictedAt('base of items')).toBe(NOW)
    expect(cache.evictedAt('another')).toBeUndefined()
  })

  test('says which spec gets slower by how much, results that its newest run no longer uses left out', async () => {
    await addWhole('now', { wallMs: 5000, lastMs: NOW })
    await addWhole('before', { wallMs: 7000, lastMs: NOW - DAY })
    await cache.commit(() => void cache.index.lineage.put('l', { key: 'now', run: '7f3c', manifest: null }))
    const { slower, recomputeMs } = previewCollect(cache, options({ maxBytes: 0 }))
    expect(slower).toEqual([{ spec: 'one', ms: 5000 }])
    expect(recomputeMs).toBe(12_000)
  })

  test('gives the space back: the rest of a segment is rewritten and read as before', async () => {
    const cheap = await addItems('cheap', 8, { wallMs: 1 })
    const dear = await addItems('dear', 3, { wallMs: 1e6 })
    expect(segmentBytes()).toBeGreaterThan(11e6)
    const reader = new Cache(folder)
    const values = dear.map((item) => reader.objects.read(reader.item(item)!.digest)[3])
    await collect(cache, options({ maxBytes: 3_000_000 }))
    expect(segments()).toEqual(['0002.lmdb'])
    expect(segmentBytes()).toBeLessThan(5e6)
    expect(cheap.map((item) => cache.item(item))).toEqual(cheap.map(() => undefined))
    const again = new Cache(folder)
    expect(dear.map((item) => again.objects.read(again.item(item)!.digest)[3])).toEqual(values)
  })
})

describe('what a killed process left', () => {
  test('is swept: bytes without a record, and unfinished files', async () => {
    await addWhole('kept')
    const kept = await addItems('items', 1)
    const tensor = await cache.objects.putTensor(bytesOf(2_000_000))
    const blob = await cache.objects.putBlob(bytesOf(30_000))
    const small = cache.objects.takeSmall(bytesOf(100))
    await cache.commit(() => cache.objects.writeSmall(small.digest))
    writeFileSync(`${cache.objects.blobs.path(blob.digest)}.0a0b0c0d.part`, 'half')
    writeFileSync(join(folder, 'tensors/0002.lmdb.part'), 'half')
    const { orphanBytes } = await collect(cache, options())
    expect(orphanBytes).toBe(2_000_000 + 30_000 + 100 + 4 + 4)
    expect(cache.objects.has(tensor.digest)).toBe(false)
    expect(cache.objects.has(blob.digest)).toBe(false)
    expect(existsSync(join(folder, 'tensors/0002.lmdb.part'))).toBe(false)
    expect(cache.action('kept')).toBeDefined()
    expect(cache.item(kept[0])).toBeDefined()
  })

  test('is left alone while another process is at work', async () => {
    const { digest } = await cache.objects.putTensor(bytesOf(1_000_000))
    await collect(cache, options({ alone: false }))
    expect(cache.objects.has(digest)).toBe(true)
  })
})
