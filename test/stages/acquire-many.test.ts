import { expect, test } from 'vitest'
import { acquireFolder } from '../../stages/acquire/folder.ts'
import { type Rig, imageFolder, tinyPng, withDefaults } from './image-folder.ts'
import { scanContext, type TestScanContext } from './scan-context.ts'

async function fill(rig: Rig, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, to - start) }, async (_, i) => {
        const n = start + i
        const id = n % 5 === 0 ? `test/nok/zoom_3_${n}.png` : `train/ok/zoom_3_${n}.png`
        await rig.put(id, n)
        if (n % 5 === 0) await rig.put(`masks/nok/zoom_3_${n}.png`, tinyPng(n, 8, 8))
      }),
    )
  }
}

test('5,000 files are scanned in time that grows with their number, each content read once', async () => {
  const rig = await imageFolder(acquireFolder)
  const settings = withDefaults(acquireFolder, { dir: 'data', fields: 'zoom_{zoom}_{time}', where: { zoom: 3 } })
  async function scan(): Promise<{ cpuMs: number; context: TestScanContext; images: number }> {
    const context = scanContext(rig.root)
    const start = process.cpuUsage()
    const { items } = await acquireFolder.scan(settings, context)
    const { user, system } = process.cpuUsage(start)
    return { cpuMs: (user + system) / 1000, context, images: items.length }
  }
  await fill(rig, 0, 420)
  await scan()
  const small = await scan()
  await fill(rig, 420, 4168)
  const large = await scan()
  expect([small.images, large.images]).toEqual([420, 4168])
  expect(large.context.digestCalls).toHaveLength(1)
  expect(large.context.digestCalls[0]).toHaveLength(4168 + 834)
  // Masks here have the bytes of their images, so there are as many contents as images.
  expect(large.context.computed).toHaveLength(4168)
  expect(large.context.progressed.at(-1)).toEqual([4168, 4168])
  // Ten times the files: linear growth is 10, quadratic growth 100; halfway, as a busy machine makes times uneven.
  expect(large.cpuMs / small.cpuMs).toBeLessThan(32)
}, 60_000)

test('a scan ends at once when it is cancelled', async () => {
  const rig = await imageFolder(acquireFolder, ['train/ok/a.png', 'test/ok/b.png'])
  const aborted = AbortSignal.abort(new Error('stopped'))
  await expect(rig.scan({}, { signal: aborted })).rejects.toThrow('stopped')
})

test('thousands of masks with a suffix that nobody named are told in one line', async () => {
  const rig = await imageFolder(acquireFolder, ['train/ok/a.png'])
  for (let start = 0; start < 2000; start += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        await rig.put(`test/nok/part_${start + i}.png`, 10_000 + start + i)
        await rig.put(`masks/nok/part_${start + i}_mask.png`, 20_000 + start + i)
      }),
    )
  }
  const { diagnostics } = await rig.scan()
  expect(diagnostics.map(({ code, help }) => [code, help])).toEqual([
    [
      'E211',
      [
        'expected test/nok/part_0_mask as png, jpg or jpeg; did you mean masks.suffix: "_mask"? 1,999 more masks have no image',
      ],
    ],
  ])
}, 60_000)
