import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { drawPhotometric } from '../../imaging/draw-photometric.ts'
import { encodePng } from '../../imaging/encode.ts'
import { decodeImage } from '../../imaging/decode.ts'
import { applyOperations, applyToMask, type Operation } from '../../imaging/operations.ts'
import { rasterOf } from '../../imaging/raster.ts'
import { digestOf, pattern } from './pattern.ts'

const everything: Operation[] = [
  { op: 'clahe', version: 1, clip: 0.8, tiles: 8 },
  { op: 'gamma', version: 1, g: 0.8 },
  { op: 'unsharp', version: 1, amount: 2 },
  { op: 'gain', version: 1, factor: 1.1 },
  { op: 'blur', version: 1, size: 4 },
  { op: 'noise', version: 1, level: 5, seed: 'a' },
  { op: 'flip', version: 1, axis: 'horizontal' },
  { op: 'rotate', version: 1, degrees: 90, mode: 'exact' },
]

describe('applyOperations', () => {
  test('the px of a recipe are pinned', () => {
    // Other px for the same recipe need a higher version of the operation that changed.
    expect(digestOf(applyOperations(pattern(64, 48, 3), everything).data)).toBe('a3d0d0e9fb67d5d1')
  })

  test('the input stays as it is, and no steps give it back', () => {
    const image = pattern(16, 9, 3)
    const before = digestOf(image.data)
    applyOperations(image, everything)
    expect(digestOf(image.data)).toBe(before)
    expect(applyOperations(image, [])).toBe(image)
  })

  test('a curve behind CLAHE is folded into it without another px', () => {
    const [equalize] = everything
    for (const curve of [everything[1], everything[3]]) {
      for (const image of [pattern(40, 32, 3), pattern(40, 32, 1)]) {
        const apart = applyOperations(applyOperations(image, [equalize]), [curve])
        expect(digestOf(applyOperations(image, [equalize, curve]).data)).toBe(digestOf(apart.data))
      }
    }
  })

  test('operations are plain data', () => {
    const data: readonly {
      readonly op: string
      readonly version: number
      readonly [k: string]: string | number | boolean
    }[] = everything
    expect(JSON.parse(JSON.stringify(data))).toEqual(everything)
  })
})

describe('noise', () => {
  const grey = rasterOf(new Uint8Array(30_000).fill(100), 100, 100, 3)
  const noisy = (seed: string): Uint8Array => applyOperations(grey, [{ op: 'noise', version: 1, level: 5, seed }]).data

  test('is uniform over -level..level', () => {
    const counts = new Array<number>(11).fill(0)
    for (const value of noisy('a')) counts[value - 95]++
    for (const count of counts) expect(Math.abs(count - 30_000 / 11)).toBeLessThan(250)
  })

  test('depends on its seed alone', () => {
    expect(digestOf(noisy('a'))).toBe(digestOf(noisy('a')))
    expect(digestOf(noisy('a'))).not.toBe(digestOf(noisy('b')))
  })
})

describe('turns', () => {
  const image = rasterOf(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3, 3, 1)
  const turned = (degrees: 90 | 180 | 270, mode: 'exact' | 'warp'): number[] => [
    ...applyOperations(image, [{ op: 'rotate', version: 1, degrees, mode }]).data,
  ]

  test('exact moves every px', () => {
    expect(turned(90, 'exact')).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7])
    expect(turned(180, 'exact')).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(turned(270, 'exact')).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3])
  })

  test('warp leaves a black row, row and column, column as the thesis code does', () => {
    expect(turned(90, 'warp')).toEqual([0, 0, 0, 3, 6, 9, 2, 5, 8])
    expect(turned(180, 'warp')).toEqual([0, 0, 0, 0, 9, 8, 0, 6, 5])
    expect(turned(270, 'warp')).toEqual([0, 7, 4, 0, 8, 5, 0, 9, 6])
  })
})

test('a mask follows the geometry and nothing else', () => {
  const mask = rasterOf(Uint8Array.of(255, 0, 0, 0, 255, 255), 3, 2, 1)
  const moved = applyToMask(mask, everything)
  expect([moved.width, moved.height]).toEqual([2, 3])
  expect([...moved.data]).toEqual([255, 0, 0, 255, 0, 255])
})

describe('drawPhotometric', () => {
  const draws = (preset: 'thesis' | 'thesis-readme'): Operation[][] =>
    Array.from({ length: 60_000 }, (_, i) => drawPhotometric(seededRandom('draw', i), preset, 'exact', String(i)))
  const share = (all: Operation[][], test: (step: Operation) => boolean): number =>
    all.filter((steps) => steps.some(test)).length / all.length

  test('probabilities are those of the code', () => {
    const all = draws('thesis')
    // 1 - 0.7^5 0.6^2 0.85 of the copies get a step; the rest get noise.
    const fallback = 0.7 ** 5 * 0.6 ** 2 * 0.85
    expect(fallback).toBeCloseTo(0.051, 3)
    expect(share(all, ({ op }) => op === 'gamma')).toBeCloseTo(0.3, 2)
    expect(share(all, ({ op }) => op === 'gain')).toBeCloseTo(0.51, 2)
    expect(share(all, ({ op }) => op === 'blur')).toBeCloseTo(0.3, 2)
    expect(share(all, ({ op }) => op === 'noise')).toBeCloseTo(0.3 + fallback, 2)
    expect(share(all, (step) => step.op === 'flip' && step.axis === 'vertical')).toBeCloseTo(0.4, 2)
    expect(share(all, ({ op }) => op === 'rotate')).toBeCloseTo(0.15, 2)
    expect(share(all, (step) => step.op === 'blur' && step.size === 4)).toBe(0)
    expect(Math.min(...all.map((steps) => steps.length))).toBe(1)
    const gammas = all.flat().flatMap((step) => (step.op === 'gamma' ? [step.g] : []))
    expect([Math.min(...gammas), Math.max(...gammas)].map((g) => g.toFixed(2))).toEqual(['0.70', '1.25'])
  })

  test('the README blurs less often, with size 4 too', () => {
    const all = draws('thesis-readme')
    expect(share(all, ({ op }) => op === 'blur')).toBeCloseTo(0.2, 2)
    expect(share(all, (step) => step.op === 'blur' && step.size === 4)).toBeCloseTo(0.0667, 2)
  })

  test('steps come in the order of the table', () => {
    const order = ['gamma', 'gain', 'gain', 'blur', 'noise', 'flip', 'flip', 'rotate']
    for (const steps of draws('thesis').slice(0, 500)) {
      let next = 0
      for (const { op } of steps) {
        const at = order.indexOf(op, next)
        expect(at).toBeGreaterThanOrEqual(next)
        next = at + 1
      }
    }
  })

  test('one draw is pinned', () => {
    expect(drawPhotometric(seededRandom(7, 'augment', 'abc', 21), 'thesis', 'warp', 's')).toEqual([
      { op: 'gamma', version: 1, g: 0.946 },
      { op: 'gain', version: 1, factor: 0.8976 },
      { op: 'gain', version: 1, factor: 0.8196 },
      { op: 'blur', version: 1, size: 5 },
      { op: 'noise', version: 1, level: 2, seed: 's' },
      { op: 'rotate', version: 1, degrees: 180, mode: 'warp' },
    ])
  })
})

describe('encodePng', () => {
  test('gives the same bytes again, and its px back', async () => {
    const image = pattern(31, 20, 3)
    const bytes = await encodePng(image)
    expect(await encodePng(image)).toEqual(bytes)
    expect((await decodeImage(bytes)).data).toEqual(image.data)
    const names = bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')
    expect(names).not.toMatch(/tEXt|iCCP|eXIf|tIME/)
  })

  test('one channel stays one channel', async () => {
    const bytes = await encodePng(rasterOf(Uint8Array.of(0, 255, 7, 9), 2, 2, 1))
    expect(bytes[25]).toBe(0) // colour type of IHDR: grey
    expect([...(await decodeImage(bytes)).data]).toEqual([0, 0, 0, 255, 255, 255, 7, 7, 7, 9, 9, 9])
  })
})
