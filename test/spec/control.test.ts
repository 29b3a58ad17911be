import { expect, test } from 'vitest'
import { around, helpOf, marksOf, specOf, set } from './rig.ts'

const acquire = (more: string): string => around(`  acquire: { uses: acquire/folder, with: { dir: data }${more} }\n`)

test('retries, timeout and resources say how a stage is run', async () => {
  const spec = await specOf(acquire(', retries: 2, timeout: 1.5h, resources: { gpu: 1, mem: 4G, io: 0.5 }'))
  expect(spec.stages[0].control).toEqual({
    retries: 2,
    timeoutMs: 5_400_000,
    resources: { gpu: 1, mem: 4_000_000_000, io: 0.5 },
  })
})

test('a stage without them is tried once, for as long as it takes', async () => {
  const spec = await specOf(acquire(''))
  expect(spec.stages[0].control).toEqual({ retries: 0, resources: {} })
})

test('they can be set from the command line, and never are settings', async () => {
  const spec = await specOf(acquire(''), set('stages.acquire.timeout=30s', 'stages.acquire.retries=10'))
  expect(spec.stages[0].control).toEqual({ retries: 10, timeoutMs: 30_000, resources: {} })
  expect(Object.keys(spec.stages[0].settings)).not.toContain('retries')
})

test('a time too long for any timer is the longest there is', async () => {
  const spec = await specOf(acquire(', timeout: 9999h'))
  expect(spec.stages[0].control.timeoutMs).toBe(2_147_483_647)
})

test.each([
  ['retries: 11', '[11] E106 acquire.retries must lie from 0 to 10, found 11'],
  ['retries: often', '[often] E105 acquire.retries must be a whole number, found "often"'],
  ['timeout: 30', '[30] E105 acquire.timeout must be a time, found 30'],
  ['timeout: 0s', '[0s] E106 acquire.timeout must be a time, found "0s"'],
  ['timeout: 3 days', '[3 days] E106 acquire.timeout must be a time, found "3 days"'],
  ['resources: [gpu]', '[[gpu]] E105 acquire.resources must be a map, found a list'],
  ['resources: { gpu: 0.5 }', '[0.5] E105 acquire.resources.gpu must be a whole number, found 0.5'],
  ['resources: { mem: 4 }', '[4] E105 acquire.resources.mem must be a size, found 4'],
  ['resources: { mem: 4X }', '[4X] E106 acquire.resources.mem must be a size, found "4X"'],
  ['resources: { io: -1 }', '[-1] E106 acquire.resources.io must be at least 0, found -1'],
  ['resources: { IO: 1 }', '[IO] E106 "IO" in acquire.resources is not the name of a resource'],
])('%s is told at its place', async (text, expected) => {
  expect(await marksOf(acquire(`, ${text}`))).toEqual([expected])
})

test('what is wrong comes with a way out', async () => {
  expect(await helpOf(acquire(', timeout: 30'))).toEqual(['write a number with s, m or h, such as 10m'])
  expect(await helpOf(acquire(', resources: { mem: 4 }'))).toEqual(['write a number with k, M, G or T, such as 4G'])
})
