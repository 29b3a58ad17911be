import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { seededRandom } from '../../base/random.ts'
import { locateObjectron } from '../../models/checkpoint/objectron.ts'
import { readTflite } from '../../models/checkpoint/tflite.ts'
import { loadMobileNetV2 } from '../../models/mobilenet-v2.ts'
import { goldenPattern } from '../fixtures/golden-pattern.ts'
import { moments } from '../fixtures/moments.ts'
import { runBackbone } from '../fixtures/run-backbone.ts'

const assets = readFileSync(locateObjectron())
const model = Uint8Array.from(assets.subarray(184))

describe('the TensorFlow Lite reader', () => {
  const { operators, tensorNames } = readTflite(model)

  test('finds the operators of the graph', () => {
    const count = (kind: string): number => operators.filter((operator) => operator.kind === kind).length
    expect([count('convolution'), count('depthwise'), count('add'), count('other')]).toEqual([55, 17, 10, 15])
    expect(tensorNames[0].length).toBeGreaterThan(0)
  })
  test('has every weight of the model', () => {
    let parameters = 0
    for (const operator of operators)
      if (operator.kind === 'convolution' || operator.kind === 'depthwise')
        parameters += operator.filter.data.length + operator.bias.data.length
    expect(parameters).toBe(4_951_996)
  })
  test('calls damage E304 and nothing else', () => {
    const random = seededRandom('tflite-reader')
    const verdict = (bytes: Uint8Array): string => {
      try {
        readTflite(bytes)
      } catch (error) {
        if (error instanceof Failure) return error.diagnostic.code
        throw error
      }
      return 'accepted'
    }
    expect(verdict(model.subarray(0, 100))).toBe('E304')
    expect(verdict(new Uint8Array())).toBe('E304')
    for (let round = 0; round < 60; round++) expect(verdict(model.subarray(0, random.below(model.length)))).toBe('E304')
    // Structure lies at both ends of the file, weights in between.
    const ends = [(n: number) => random.below(n), (n: number) => model.length - 1 - random.below(n)]
    for (let round = 0; round < 60; round++) {
      const at = ends[round % 2](60_000)
      const kept = model[at]
      model[at] ^= 1 + random.below(255)
      verdict(model)
      model[at] = kept
    }
  })
})

const backbone = loadMobileNetV2(assets)

describe('the golden values of MobileNetV2', () => {
  test.each([
    ['block0', [1, 16, 128, 128], 0.16379, 8.42652],
    ['block2', [1, 24, 64, 64], -0.24056, 5.73215],
    ['block5', [1, 32, 32, 32], 0.08159, 4.22955],
    ['block9', [1, 64, 16, 16], 0.23516, 2.34882],
    ['block12', [1, 96, 16, 16], 0.1647, 2.10991],
    ['block15', [1, 160, 8, 8], 0.04808, 1.54296],
    ['last', [1, 1280, 8, 8], 0.17911, 0.39878],
  ])('%s at 256 px', async (tap, shape, mean, std) => {
    const map = (await runBackbone(backbone, { pixels: goldenPattern(256), size: 256, taps: [tap] }))[0]
    expect(map.shape).toEqual(shape)
    const found = moments(map.data)
    expect(Math.abs(found.mean - mean)).toBeLessThan(2e-5)
    expect(Math.abs(found.std - std)).toBeLessThan(2e-5)
  })
  test('at its native 300 px, where padding is uneven the other way', async () => {
    const maps = await runBackbone(backbone, { pixels: goldenPattern(300), size: 300, taps: ['block5', 'block12'] })
    expect(maps.map(({ shape }) => shape)).toEqual([
      [1, 32, 38, 38],
      [1, 96, 19, 19],
    ])
    const [five, twelve] = maps.map(({ data }) => moments(data))
    expect(Math.abs(five.mean - 0.02468)).toBeLessThan(2e-5)
    expect(Math.abs(five.std - 4.05278)).toBeLessThan(2e-5)
    expect(Math.abs(twelve.mean - 0.13773)).toBeLessThan(2e-5)
    expect(Math.abs(twelve.std - 1.95564)).toBeLessThan(2e-5)
  })
})

test('taps say their channels and strides', () => {
  expect(backbone.taps.filter(({ name }) => backbone.defaultTaps.includes(name))).toEqual([
    { name: 'block2', channels: 24, stride: 4 },
    { name: 'block5', channels: 32, stride: 8 },
    { name: 'block9', channels: 64, stride: 16 },
    { name: 'block12', channels: 96, stride: 16 },
  ])
})
