import { readFileSync } from 'node:fs'
import { locateObjectron } from '../../models/checkpoint/objectron.ts'
import { describe, expect, test } from 'vitest'
import { float16ToFloat32 } from '../../base/float16.ts'
import { openSession } from '../../engine/session.ts'
import { type Backbone, type BackboneGraphOptions, loadBackbone, traceBackbone } from '../../models/backbone.ts'
import { closedFormulaCheckpoint } from '../../bench/closed-formula-checkpoint.ts'
import { elementCount } from '../../models/checkpoint/tensors.ts'
import { goldenPattern } from '../fixtures/golden-pattern.ts'
import { moments } from '../fixtures/moments.ts'
import { runBackbone } from '../fixtures/run-backbone.ts'

const backbones = {
  'mobilenet-v2': loadBackbone('mobilenet-v2', readFileSync(locateObjectron())),
  'efficientnet-b0': loadBackbone('efficientnet-b0', closedFormulaCheckpoint('efficientnet-b0')),
}
const HEIGHT = 96
const WIDTH = 64
const first = goldenPattern(WIDTH * 2).subarray(0, HEIGHT * WIDTH * 3)
const second = Uint8Array.from(first, (value) => 255 - value)
const both = new Uint8Array([...first, ...second])

async function features(
  backbone: Backbone,
  image: Uint8Array,
  { tap, normalize = 'checkpoint' }: { tap: string; normalize?: BackboneGraphOptions['normalize'] },
): Promise<Float32Array> {
  const batch = image.length / (HEIGHT * WIDTH * 3)
  const graph = traceBackbone(backbone, { height: HEIGHT, width: WIDTH, batch, taps: [tap], normalize })
  const session = await openSession(graph.model)
  const map = (await session.run({ image }))[tap]
  await session.dispose()
  expect(graph.outputs[tap].dtype).toBe('float16')
  return float16ToFloat32(map as Uint16Array)
}

const furthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0)

describe.each([
  ['mobilenet-v2', 'block12', [1, 96, 6, 4]],
  ['efficientnet-b0', 'stage5', [1, 112, 6, 4]],
] as const)('the graph of %s', (name, tap, shape) => {
  const backbone = backbones[name]

  test('gives each image of a batch what it gives the image alone', async () => {
    const [one, two, batch] = [
      await features(backbone, first, { tap }),
      await features(backbone, second, { tap }),
      await features(backbone, both, { tap }),
    ]
    expect(one.length).toBe(elementCount(shape))
    const tolerance = 2e-3 * moments(batch).std // a float16 has 11 bits
    expect(furthest(batch.subarray(0, one.length), one)).toBeLessThan(tolerance)
    expect(furthest(batch.subarray(one.length), two)).toBeLessThan(tolerance)
    expect(furthest(one, two)).toBeGreaterThan(tolerance)
  })
  test('without normalization sees v / 255', async () => {
    const preprocess = { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1], filter: 'bilinear' } as const
    const expected = await features({ ...backbone, preprocess }, first, { tap })
    const plain = await features(backbone, first, { tap, normalize: 'none' })
    expect(furthest(plain, expected)).toBeLessThan(2e-3 * moments(expected).std)
    expect(furthest(plain, await features(backbone, first, { tap }))).toBeGreaterThan(0.01 * moments(expected).std)
  })
})

test('the maps before rounding are within half a unit of float16', async () => {
  const size = 64
  const pixels = goldenPattern(size)
  const [exact] = await runBackbone(backbones['mobilenet-v2'], { pixels, size, taps: ['block5'] })
  const graph = traceBackbone(backbones['mobilenet-v2'], {
    height: size,
    width: size,
    batch: 1,
    taps: ['block5'],
    normalize: 'checkpoint',
  })
  const session = await openSession(graph.model)
  const rounded = float16ToFloat32((await session.run({ image: pixels }))['block5'] as Uint16Array)
  await session.dispose()
  for (const [i, value] of rounded.entries())
    expect(Math.abs(value - exact.data[i])).toBeLessThanOrEqual(Math.abs(exact.data[i]) * 2 ** -11 + 1e-5)
})

test('an unknown tap is an internal error', () => {
  const options = { height: 64, width: 64, batch: 1, taps: ['stage9'], normalize: 'checkpoint' } as const
  expect(() => traceBackbone(backbones['efficientnet-b0'], options)).toThrow('efficientnet-b0 has no tap "stage9"')
})
