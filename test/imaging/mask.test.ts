import { readdirSync, readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeMask } from '../../imaging/decode.ts'
import { encodePng } from '../../imaging/encode.ts'
import { rasterOf } from '../../imaging/raster.ts'
import { oracleFile } from './pattern.ts'

const grey = (...values: number[]): Promise<Uint8Array> =>
  encodePng(rasterOf(Uint8Array.from(values), values.length, 1, 1))

describe('decodeMask', () => {
  const cases: [string, number[], number[], string, boolean, number][] = [
    ['0 and 255', [0, 255, 255, 0], [0, 255, 255, 0], 'values above 127 are defect', false, 0.5],
    ['0 and 1', [0, 1, 1, 1], [0, 255, 255, 255], 'values 0 and 1: 1 is defect', false, 0.75],
    ['class numbers', [0, 1, 2, 7], [0, 255, 255, 255], 'class numbers up to 7: all but 0 are defect', false, 0.75],
    ['anti-aliased', [0, 100, 127, 128, 255], [0, 0, 0, 255, 255], 'values above 127 are defect', true, 0.4],
    ['empty', [0, 0, 0, 0], [0, 0, 0, 0], 'all 0: no defect', false, 0],
  ]
  for (const [name, values, mask, rule, intermediate, coverage] of cases) {
    test(name, async () => {
      const decoded = await decodeMask(await grey(...values))
      expect([...decoded.mask.data]).toEqual(mask)
      expect(decoded.mask.channels).toBe(1)
      expect(decoded).toMatchObject({ rule, intermediate, coverage })
    })
  }

  test('more than 64 dim shades are shades, not classes', async () => {
    const decoded = await decodeMask(await grey(...Array.from({ length: 100 }, (_, i) => i)))
    expect(decoded).toMatchObject({ rule: 'values above 127 are defect', intermediate: true, coverage: 0 })
  })

  test('coloured classes count by their strongest channel', async () => {
    const classes = rasterOf(Uint8Array.of(0, 0, 0, 128, 0, 0, 0, 0, 255), 3, 1, 3)
    expect([...(await decodeMask(await encodePng(classes))).mask.data]).toEqual([0, 255, 255])
  })

  test('what is transparent is background', async () => {
    const rgba = Buffer.from([255, 255, 255, 0, 255, 255, 255, 255])
    const bytes = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer()
    expect([...(await decodeMask(bytes)).mask.data]).toEqual([0, 255])
  })

  test('class numbers in 16 bits survive', async () => {
    const deep = Uint16Array.of(0, 1, 2, 300)
    const bytes = await sharp(deep, { raw: { width: 4, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    const decoded = await decodeMask(bytes)
    expect([...decoded.mask.data]).toEqual([0, 255, 255, 255])
    expect(decoded.rule).toBe('class numbers up to 300: all but 0 are defect')
  })

  test('a palette and an orientation are followed', async () => {
    const oneBit = await decodeMask(readFileSync(oracleFile('files/pillow-one-bit.bmp')))
    const png = await decodeMask(readFileSync(oracleFile('files/grey1.png')))
    expect(oneBit.mask).toEqual(png.mask)
    const turned = await decodeMask(readFileSync(oracleFile('files/orientation6.png')))
    expect([turned.mask.width, turned.mask.height]).toEqual([7, 13])
  })

  const sample = new URL('../../../shared/data/piped/PA_BTN01_RL/masks/nok/', import.meta.url).pathname
  test.skipIf(!isFolder(sample))('sample masks cover between 0.08 % and 23 %', async () => {
    const coverages: number[] = []
    for (const name of readdirSync(sample)) coverages.push((await decodeMask(readFileSync(sample + name))).coverage)
    expect(Math.min(...coverages)).toBeGreaterThan(0.0008 - 1e-4)
    expect(Math.max(...coverages)).toBeLessThan(0.235)
  })
})

function isFolder(path: string): boolean {
  try {
    return readdirSync(path).length > 0
  } catch {
    return false
  }
}
