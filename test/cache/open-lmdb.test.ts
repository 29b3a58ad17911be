import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compiled } from '../rig/compiled.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'flawline-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const cacheModule = await compiled('cache/cache.ts')

/** Fills a cache and ends as the command does: closing it, then `process.exit`. */
const PROGRAM = `
  const { Cache } = await import(${JSON.stringify(cacheModule)})
  const cache = new Cache(process.argv[1])
  await cache.objects.putTensor(Buffer.from('value'))
  await cache.commit(() => void cache.index.facts.put('name', 1))
  console.log('written')
  process.stdin.on('data', async () => {
    await cache.close()
    process.exit(0)
  })
`

/** The three robust mutexes of an LMDB lock file: one that was destroyed has no kind any more (-1). */
const destroyed = (lock: string): number => {
  const words = new Int32Array(Uint8Array.from(readFileSync(join(folder, lock))).buffer)
  return words.filter((word) => word === -1).length
}

test('a process that ends leaves the locks of the cache whole for one that is just opening it', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const locks = ['index.lmdb-lock', 'tensors/0001.lmdb-lock']
  const open = locks.map(destroyed)
  child.stdin.write('end')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(open).toEqual([0, 0])
  expect(locks.map(destroyed)).toEqual([0, 0])
})
