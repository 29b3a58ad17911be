import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Raster, rasterOf } from '../../imaging/raster.ts'

/** The same px as `pattern` of the oracle scripts: hashed counters, every seventh sample at an end of the range. */
export function pattern(width: number, height: number, channels: 1 | 3): Raster {
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < data.length; i++) {
    const value = Math.imul((Math.imul(i, 2654435761) + 12345) | 0, 2246822519) >>> 24
    data[i] = i % 7 === 0 ? (value > 127 ? 255 : 0) : value
  }
  return rasterOf(data, width, height, channels)
}

/** First 16 digits of the SHA-256 of the samples. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

export const oracleFile = (name: string): string => new URL(`../oracles/imaging/${name}`, import.meta.url).pathname

export const readOracle = (name: string): unknown => JSON.parse(readFileSync(oracleFile(name), 'utf8'))

/** The same px as `smooth` of the oracle scripts: three ramps in whole numbers. */
export function smoothPattern(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[o++] = Math.floor((3 * x + y) / 7) + 40
      data[o++] = Math.floor((x + 2 * y) / 5) + 30
      data[o++] = Math.floor((x * y) / 97) + (x % 13)
    }
  }
  return rasterOf(data, width, height, 3)
}
