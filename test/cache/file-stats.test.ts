import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestValue } from '../../base/digest.ts'
import { Cache } from '../../cache/cache.ts'
import { FileStats } from '../../cache/file-stats.ts'
import type { StatRecord } from '../../cache/records.ts'

const record = (n: number): StatRecord => ({
  digest: digestValue('file', n),
  size: n,
  mtimeNs: 1_700_000_000_123_456_789n + BigInt(n),
  ctimeNs: 1_700_000_000_987_654_321n + BigInt(n),
  inode: 2n ** 62n + BigInt(n),
  readAtMs: 1_700_000_001_000.5 + n,
})

test('records of a folder come back as they were written, newer ones on top', async () => {
  const root = mkdtempSync(join(tmpdir(), 'flawline-stats-'))
  const cache = new Cache(join(root, 'cache'))
  const folder = join(root, 'data')
  mkdirSync(folder)
  const [a, b, c] = ['a', 'b with ü', 'c'].map((name) => join(folder, name))
  for (const path of [a, b, c]) writeFileSync(path, '')

  await cache.commit(() =>
    new FileStats(cache.index).put([
      [a, record(1)],
      [b, record(2)],
    ]),
  )
  await cache.commit(() =>
    new FileStats(cache.index).put([
      [b, record(3)],
      [c, record(4)],
    ]),
  )

  const stats = new FileStats(cache.index)
  expect([a, b, c].map((path) => stats.get(path))).toEqual([record(1), record(3), record(4)])
  expect(stats.get(join(folder, 'd'))).toBeUndefined()
  expect(stats.get(join(root, 'other/a'))).toBeUndefined()
  await cache.close()
})

test('files that are gone are forgotten when their folder is written', async () => {
  const root = mkdtempSync(join(tmpdir(), 'flawline-stats-'))
  const cache = new Cache(join(root, 'cache'))
  const [a, b] = ['a', 'b'].map((name) => join(root, name))
  for (const path of [a, b]) writeFileSync(path, '')
  await cache.commit(() => new FileStats(cache.index).put([[a, record(1)]]))

  rmSync(a)
  await cache.commit(() => new FileStats(cache.index).put([[b, record(2)]]))

  const stats = new FileStats(cache.index)
  expect([a, b].map((path) => stats.get(path))).toEqual([undefined, record(2)])
  await cache.close()
})
