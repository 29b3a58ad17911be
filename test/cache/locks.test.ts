import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digestValue } from '../../base/digest.ts'
import { acquireLock, type HeldLock, heldLocks, lockHolder, lockReleased, sweepLocks } from '../../cache/locks.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flawline-locks-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const lockFile = (): string => join(folder, 'locks', 'abc.lock')
const take = (): ReturnType<typeof acquireLock> => acquireLock(folder, 'abc', { run: '7f3c' })
const taken = (): HeldLock => {
  const lock = take()
  if ('heldBy' in lock) throw new Error('held')
  return lock
}

/** The lock as this process takes it, changed, as if another process had left it. */
function leave(change: Record<string, unknown>): void {
  taken()
  const record = JSON.parse(readFileSync(lockFile(), 'utf8')) as object
  writeFileSync(lockFile(), JSON.stringify({ ...record, ...change }))
}

describe('a lock', () => {
  test('is held by one at a time and can be taken again after its release', () => {
    const lock = taken()
    expect(take()).toMatchObject({ heldBy: { pid: process.pid, run: '7f3c' } })
    expect(heldLocks(folder)).toMatchObject([{ key: 'abc', heldBy: { run: '7f3c' } }])
    lock.release()
    expect(lockHolder(folder, 'abc')).toBeUndefined()
    taken().release()
    expect(readdirSync(join(folder, 'locks'))).toEqual([])
  })

  test.each([
    ['whose pid nobody has', { pid: 2 ** 22 + 1 }],
    ['whose pid belongs to a later process', { start: '1' }],
    ['of an earlier boot', { boot: 'another' }],
  ])('of a process %s is passed over at once', (_, change) => {
    leave(change)
    expect(lockHolder(folder, 'abc')).toBeUndefined()
    taken().release()
    expect(readdirSync(join(folder, 'locks'))).toEqual([])
  })

  test.each(['', '{"pid":12', 'null', '[]'])('whose file holds %j is a dead one', (text) => {
    mkdirSync(join(folder, 'locks'))
    writeFileSync(lockFile(), text)
    taken().release()
  })

  test('that a killed process left while passing over a dead one stands in nobody’s way', () => {
    mkdirSync(join(folder, 'locks'))
    writeFileSync(lockFile(), '')
    const lock = taken()
    const dead = readFileSync(lockFile(), 'utf8').replace(`"pid":${process.pid}`, '"pid":4999999')
    lock.release()
    for (const name of ['abc.lock', `abc.${digestValue('lock', dead).slice(0, 16)}.lock`])
      writeFileSync(join(folder, 'locks', name), dead)
    taken().release()
    sweepLocks(folder)
    expect(readdirSync(join(folder, 'locks'))).toEqual([])
  })

  test('that is not its own any more is left alone by a release', () => {
    const lock = taken()
    writeFileSync(lockFile(), 'of another')
    lock.release()
    expect(readFileSync(lockFile(), 'utf8')).toBe('of another')
  })

  test('tells those who wait of its release', async () => {
    const lock = taken()
    const waiting = lockReleased(folder, 'abc', new AbortController().signal)
    lock.release()
    await waiting
    expect(lockHolder(folder, 'abc')).toBeUndefined()
  })
})
