import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestValue } from '../../base/digest.ts'
import { Cache } from '../../cache/cache.ts'
import { IndexWriter } from '../../runner/index-writer.ts'
import { KnownFacts } from '../../runner/known-facts.ts'

const [a, b, c] = ['a', 'b', 'c'].map((name) => digestValue('file', name))

function opened(): { cache: Cache; writer: IndexWriter } {
  const cache = new Cache(mkdtempSync(join(tmpdir(), 'flawline-facts-')))
  return { cache, writer: new IndexWriter(cache) }
}

test('facts come back by topic and content, from the list and from their own records', async () => {
  const { cache, writer } = opened()
  const first = new KnownFacts(cache, 'acquire')
  first.add('size', a, { width: 1 }, writer)
  first.add('size', b, { width: 2 }, writer)
  first.add('grey', a, 0.5, writer)
  first.keep(writer)
  await writer.flush()

  for (const facts of [new KnownFacts(cache, 'acquire'), new KnownFacts(cache, 'another')]) {
    expect([a, b, c].map((digest) => facts.get('size', digest))).toEqual([{ width: 1 }, { width: 2 }, undefined])
    expect([a, b].map((digest) => facts.get('grey', digest))).toEqual([0.5, undefined])
  }
  await cache.close()
})

test('the list is what was asked for last, and is written only where that is another', async () => {
  const { cache, writer } = opened()
  const ask = async (digests: readonly (typeof a)[]): Promise<number | undefined> => {
    const facts = new KnownFacts(cache, 'acquire')
    for (const digest of digests)
      if (facts.get('size', digest) === undefined) facts.add('size', digest, { digest }, writer)
    const before = cache.index.root.getStats() as { lastTxnId: number }
    facts.keep(writer)
    await writer.flush()
    const { lastTxnId } = cache.index.root.getStats() as { lastTxnId: number }
    return lastTxnId === before.lastTxnId ? undefined : cache.index.factLists.get('acquire')?.size.facts.length
  }
  expect(await ask([a, b])).toBe(2)
  expect(await ask([a, b])).toBeUndefined()
  expect(await ask([a])).toBe(1)
  expect(await ask([a, c])).toBe(2)
  await cache.close()
})
