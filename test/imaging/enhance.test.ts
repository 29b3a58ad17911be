import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { blurBinomial } from '../../imaging/blur.ts'
import { clahe, gain, gamma, unsharp } from '../../imaging/enhance.ts'
import { labToRgb, newPlanes, rgbToLab } from '../../imaging/lab.ts'
import { flip, rotateExact, rotateWarp } from '../../imaging/orient.ts'
import { type Raster, rasterOf } from '../../imaging/raster.ts'
import { digestOf, pattern, readOracle, smoothPattern } from './pattern.ts'

type Case = ['pattern' | 'smooth', number, number, string, unknown, string]
const oracle = readOracle('enhance.json') as { lab: { forward: string; backward: string }; cases: Case[] }

const run: Readonly<Record<string, (image: Raster, value: never) => Raster>> = {
  clahe: (image, [clip, tiles]: [number, number]) => clahe(image, { clip, tiles }),
  unsharp: (image, amount: number) => unsharp(image, amount),
  blur: (image, size: 3 | 4 | 5) => blurBinomial(image, size),
  warp: (image, degrees: 90 | 180 | 270) => rotateWarp(image, degrees),
  exact: (image, degrees: 90 | 180 | 270) => rotateExact(image, degrees),
  gain: (image, factor: number) => gain(image, factor),
  gamma: (image, g: number) => gamma(image, g),
  flip: (image, axis: 'horizontal' | 'vertical') => flip(image, axis),
}

describe('bit-identical to OpenCV and NumPy', () => {
  for (const [name, count] of Object.entries({
    clahe: 50,
    unsharp: 78,
    blur: 78,
    warp: 78,
    exact: 78,
    gain: 52,
    gamma: 26,
    flip: 52,
  })) {
    test(`${name} over ${count} images`, () => {
      const own = oracle.cases.filter((entry) => entry[3] === name)
      const wrong = own.filter(([source, width, height, , value, digest]) => {
        const image = source === 'pattern' ? pattern(width, height, 3) : smoothPattern(width, height)
        return digestOf(run[name](image, value as never).data) !== digest
      })
      expect(own.length).toBe(count)
      expect(wrong).toEqual([])
    })
  }
})

describe('L*a*b* in 8 bits', () => {
  test('all 16,777,216 colours agree with OpenCV both ways', () => {
    const count = 1 << 24
    const rgb = new Uint8Array(count * 3)
    const planes = newPlanes(count)
    for (let i = 0, o = 0; i < count; i++, o += 3) {
      rgb[o] = planes.l[i] = i >> 16
      rgb[o + 1] = planes.a[i] = (i >> 8) & 255
      rgb[o + 2] = planes.b[i] = i & 255
    }
    expect(digestOf(labToRgb(planes))).toBe(oracle.lab.backward)
    const lab = rgbToLab(rgb, planes)
    for (let i = 0, o = 0; i < count; i++, o += 3) {
      rgb[o] = lab.l[i]
      rgb[o + 1] = lab.a[i]
      rgb[o + 2] = lab.b[i]
    }
    expect(digestOf(rgb)).toBe(oracle.lab.forward)
  }, 60_000)
})

describe('the thesis figures', () => {
  const grey = (value: number): Raster => rasterOf(new Uint8Array(3).fill(value), 1, 1, 3)

  test('gamma 0.8 takes 128 to 107 and keeps black and white', () => {
    expect([0, 128, 255].map((value) => gamma(grey(value), 0.8).data[0])).toEqual([0, 107, 255])
  })

  test('CLAHE with clip 0.8 raises the deviation of normal noise from 20.0 to 29.6', () => {
    const random = seededRandom('normal noise')
    const image = Uint8Array.from({ length: 1024 * 1024 }, () => Math.round(128 + 20 * random.normal()))
    const deviation = (data: Uint8Array): number => {
      const mean = data.reduce((a, b) => a + b, 0) / data.length
      return Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length)
    }
    expect(deviation(image)).toBeCloseTo(20, 0)
    const out = clahe(rasterOf(image, 1024, 1024, 1), { clip: 0.8, tiles: 8 })
    expect(deviation(out.data)).toBeGreaterThan(28.5)
    expect(deviation(out.data)).toBeLessThan(30.5)
  })
})

test('every step may write into its own input', () => {
  const image = pattern(37, 23, 3)
  const steps: ((raster: Raster, target?: Uint8Array) => Raster)[] = [
    (raster, target) => clahe(raster, { clip: 2, tiles: 4 }, target),
    (raster, target) => gamma(raster, 1.2, target),
    (raster, target) => gain(raster, 1.1, target),
    (raster, target) => unsharp(raster, 2, target),
    (raster, target) => blurBinomial(raster, 5, target),
  ]
  for (const step of steps) {
    const own = { ...image, data: image.data.slice() }
    expect(digestOf(step(own, own.data).data)).toBe(digestOf(step(image).data))
  }
})
