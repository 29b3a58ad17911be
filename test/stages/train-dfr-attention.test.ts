import { describe, expect, test } from 'vitest'
import { type CellsHeader, encodeCells } from '../../artifacts/cells.ts'
import { checkModel, decodeModel } from '../../artifacts/model.ts'
import { digestBytes } from '../../base/digest.ts'
import { float32ToFloat16 } from '../../base/float16.ts'
import { seededRandom } from '../../base/random.ts'
import type { TaskContext } from '../../stages/stage.ts'
import { trainDfrAttention } from '../../stages/train/dfr-attention.ts'
import { withDefaults } from './image-folder.ts'
import { inputsOf, taskContext } from './task-rig.ts'

const [GRID, CHANNELS, IMAGES] = [6, 10, 5]
const features = {
  taps: [{ name: 'a', channels: CHANNELS, height: 6, width: 6 }],
} as unknown as CellsHeader['features']

function cells(rows = IMAGES * GRID * GRID): Uint8Array {
  const random = seededRandom('cells')
  const values = float32ToFloat16(Float32Array.from({ length: rows * CHANNELS }, () => random.uniform(-1, 1)))
  return encodeCells({ header: { features, grid: GRID, channels: CHANNELS, rows, images: IMAGES }, values })
}

async function train(
  settings: Record<string, unknown> = {},
  { seed = 7, more = {}, sample = cells() }: { seed?: number; more?: Partial<TaskContext>; sample?: Uint8Array } = {},
): Promise<{ readonly model: Uint8Array; readonly losses: readonly number[]; readonly log: readonly string[] }> {
  const losses: number[] = []
  const full = withDefaults(trainDfrAttention as never, { latent: 4, epochs: 3, batch: 2, ...settings })
  const context = taskContext(full, { seed })
  const { model } = await trainDfrAttention.run(inputsOf({ cells: sample }), {
    ...context,
    metric: (_: string, value: number) => void losses.push(value),
    ...more,
  } as never)
  return { model: model!, losses, log: context.logged }
}

describe('train/dfr-attention', () => {
  test('learns whole maps, with the same bytes for the same seed alone', async () => {
    const [first, again, other] = [await train(), await train(), await train({}, { seed: 8 })]
    expect(digestBytes(again.model)).toBe(digestBytes(first.model))
    expect(digestBytes(other.model)).not.toBe(digestBytes(first.model))
    checkModel(first.model)
    expect(decodeModel(first.model).header).toMatchObject({ method: 'dfr-attention', latent: 4, cells: { grid: GRID } })
    expect(first.log[0]).toBe('5 maps of 6 x 6 cells, code of 4, 3 steps an epoch')
    expect(first.losses[2]).toBeLessThan(first.losses[0])
  })

  test('gives statistics of all maps, or running ones', async () => {
    const tensorsOf = async (bn: string) => decodeModel((await train({ bn })).model).tensors
    const [population, running] = [await tensorsOf('population'), await tensorsOf('running')]
    expect(population['enc1.filter'].data).toEqual(running['enc1.filter'].data)
    expect(population['enc1.norm.variance'].data).not.toEqual(running['enc1.norm.variance'].data)
  })

  test('killed between two epochs, it goes on to the same bytes', async () => {
    const undisturbed = await train()
    const stop = new AbortController()
    let state: Uint8Array | undefined
    const write = (bytes: Uint8Array): void => {
      state = bytes
      stop.abort(new Error('killed'))
    }
    const dying = { signal: stop.signal, checkpoint: { read: () => undefined, write } }
    await expect(train({ checkpoint: 0 }, { more: dying })).rejects.toThrow('killed')
    const resumed = await train({}, { more: { checkpoint: { read: () => state, write: () => {} } } })
    expect(resumed.losses).toHaveLength(2)
    expect(digestBytes(resumed.model)).toBe(digestBytes(undisturbed.model))
  })

  test('refuses a sample that does not hold every cell', async () => {
    await expect(train({}, { sample: cells(IMAGES * 7) })).rejects.toMatchObject({
      diagnostic: {
        code: 'E106',
        message: 'train/dfr-attention sees whole maps, and the sample holds 7 of 36 cells of each image',
        help: ['write per_image: all in the sample, or train by train/dfr, which looks at single cells'],
      },
    })
  })
})
