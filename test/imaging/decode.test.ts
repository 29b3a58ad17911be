import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { decodeImage } from '../../imaging/decode.ts'
import { readHeader } from '../../imaging/header.ts'
import { oracleFile, readOracle } from './pattern.ts'

const { files } = readOracle('files.json') as { files: Record<string, number[]> }
const bytesOf = (name: string): Uint8Array => readFileSync(oracleFile(`files/${name}`))

/** Message of the coded failure; anything else is rethrown and fails the test. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Failure) return `${error.diagnostic.code} ${error.message}`
    throw error
  }
  return 'no failure'
}

describe('every kind of file gives its px', () => {
  for (const [name, [width, height, ...samples]] of Object.entries(files)) {
    // Pillow and libvips carry different JPEG decoders, and the expected px are those before compression.
    const tolerance = name.endsWith('.jpg') ? 6 : 0
    test(`${name}${tolerance > 0 ? ` within ${tolerance} levels` : ''}`, async () => {
      const raster = await decodeImage(bytesOf(name))
      expect([raster.width, raster.height, raster.channels]).toEqual([width, height, 3])
      const worst = samples.reduce((most, sample, i) => Math.max(most, Math.abs(sample - raster.data[i])), 0)
      expect(worst).toBeLessThanOrEqual(tolerance)
      expect(raster.data.constructor).toBe(Uint8Array)
    })
  }

  test('the header alone says the size that decoding gives, orientation applied', async () => {
    for (const [name, [width, height]] of Object.entries(files)) {
      const header = await readHeader(oracleFile(`files/${name}`))
      expect([name, header.width, header.height]).toEqual([name, width, height])
    }
  })

  test('headers tell format, channels, depth and orientation', async () => {
    const header = (name: string): Promise<unknown> => readHeader(oracleFile(`files/${name}`))
    expect(await header('rgba16.png')).toEqual({ format: 'png', width: 13, height: 7, channels: 4, depth: 16 })
    expect(await header('palette.png')).toEqual({ format: 'png', width: 13, height: 7, channels: 3, depth: 8 })
    expect(await header('orientation6.webp')).toMatchObject({ format: 'webp', width: 7, height: 13, orientation: 6 })
    expect(await header('orientation5.jpg')).toMatchObject({ format: 'jpeg', width: 24, height: 40, orientation: 5 })
    expect(await header('grey16.tif')).toEqual({ format: 'tiff', width: 13, height: 7, channels: 1, depth: 16 })
    expect(await header('palette1.bmp')).toEqual({ format: 'bmp', width: 13, height: 7, channels: 3, depth: 8 })
  })

  test('CMYK inks come out as their colours', async () => {
    for (const name of ['cmyk.jpg', 'cmyk.tif']) {
      const { data } = await decodeImage(bytesOf(name))
      const at = (patch: number): number[] => [...data.subarray((40 * 4 + patch * 8 + 4) * 3).subarray(0, 3)]
      const [white, cyan, magenta, yellow, black] = [0, 1, 2, 3, 4].map(at)
      expect(Math.min(...white)).toBeGreaterThan(245)
      expect(cyan[0]).toBeLessThan(cyan[2] - 80)
      expect(magenta[1]).toBeLessThan(magenta[0] - 80)
      expect(yellow[2]).toBeLessThan(yellow[0] - 80)
      expect(Math.max(...black)).toBeLessThan(60)
    }
  })
})

describe('what cannot be read says why', () => {
  test('files cut short are refused at every length', async () => {
    const names = [
      'rgb8.png',
      'rgb.jpg',
      'progressive.jpg',
      'rgb8.tif',
      'grey16.tif',
      'rgb8.webp',
      'rgb24.bmp',
      'palette1.bmp',
    ]
    for (const name of names) {
      const bytes = bytesOf(name)
      for (let part = 1; part < 20; part++) {
        const length = Math.floor((bytes.length * part) / 20)
        const message = await failureOf(decodeImage(bytes.subarray(0, length)))
        expect(`${name} ${length}: ${message}`).toMatch(/: E212 unreadable image: /)
      }
    }
  })

  test('a file without its last bytes names its length', async () => {
    const cut = (name: string): Promise<string> => failureOf(decodeImage(bytesOf(name).subarray(0, -3)))
    expect(await cut('rgb.jpg')).toBe(`E212 unreadable image: JPEG ends early, after ${lengthLess3('rgb.jpg')} bytes`)
    expect(await cut('rgb8.png')).toBe(`E212 unreadable image: PNG ends early, after ${lengthLess3('rgb8.png')} bytes`)
    expect(await cut('rgb24.bmp')).toBe(
      `E212 unreadable image: BMP ends early, after ${lengthLess3('rgb24.bmp')} bytes`,
    )
    expect(await cut('rgb8.webp')).toBe(
      `E212 unreadable image: WebP ends early, after ${lengthLess3('rgb8.webp')} bytes`,
    )
  })
  const lengthLess3 = (name: string): string => (bytesOf(name).length - 3).toLocaleString('en-US')

  test('a JPEG whose px are overwritten is damaged', async () => {
    const bytes = bytesOf('rgb.jpg')
    const broken = bytes.slice()
    broken.set([0xff, 0x55, 0x00, 0xff, 0x55], Math.floor(bytes.length * 0.8))
    expect(await failureOf(decodeImage(broken))).toMatch(/^E212 unreadable image: JPEG is damaged \(/)
  })

  test('other reasons', async () => {
    const cases = {
      'float.tif':
        'E212 unreadable image: TIFF with signed or floating-point samples is not read; save it as 8 or 16 bit',
      'not-an-image.png': 'E212 unreadable image: neither PNG, JPEG, TIFF, WebP nor BMP',
      'zero-wide.bmp': 'E217 image of size zero: 0 x 7 px',
      'huge.png': 'E217 image too large: 20,000 x 300 px, the limit is 16,384 px a side and 268 Mpx',
    }
    for (const [name, message] of Object.entries(cases)) {
      expect(await failureOf(decodeImage(bytesOf(name)))).toBe(message)
      if (name !== 'float.tif') expect(await failureOf(readHeader(oracleFile(`files/${name}`)))).toBe(message)
    }
    expect(await failureOf(decodeImage(new Uint8Array(0)))).toBe('E212 unreadable image: the file is empty')
    expect(await failureOf(readHeader(oracleFile('files/none.png')))).toBe('E403 cannot read the image: ENOENT')
  })
})
