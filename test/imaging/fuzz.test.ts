import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { type Random, seededRandom } from '../../base/random.ts'
import { decodeImage, decodeMask } from '../../imaging/decode.ts'
import { oracleFile } from './pattern.ts'

/** `npm run faults` tries more. */
const CASES = process.env.PIPELINE_TEST_FAULTS === 'whole' ? 2000 : 300

const names = readdirSync(oracleFile('files')).sort()

/** One of: bits flipped, a run overwritten, a run cut out, a run inserted, the end cut off. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const out = bytes.slice()
  const at = random.below(out.length)
  const run = 1 + random.below(16)
  const noise = Uint8Array.from({ length: run }, () => random.below(256))
  switch (random.below(5)) {
    case 0:
      for (let i = 0; i < 1 + random.below(8); i++) out[random.below(out.length)] ^= 1 << random.below(8)
      return out
    case 1:
      out.set(noise.subarray(0, out.length - at), at)
      return out
    case 2:
      return new Uint8Array([...out.subarray(0, at), ...out.subarray(at + run)])
    case 3:
      return new Uint8Array([...out.subarray(0, at), ...noise, ...out.subarray(at)])
    default:
      return out.subarray(0, at)
  }
}

test(`${CASES} mutated files give an image or a coded failure, nothing else`, async () => {
  const random = seededRandom('fuzz', 1)
  const seen = { image: 0, E212: 0, E217: 0 }
  for (let n = 0; n < CASES; n++) {
    const bytes = mutate(readFileSync(oracleFile(`files/${names[n % names.length]}`)), random)
    try {
      const raster = n % 2 === 0 ? await decodeImage(bytes) : (await decodeMask(bytes)).mask
      expect(raster.data.length).toBe(raster.width * raster.height * raster.channels)
      seen.image++
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      expect(error.diagnostic.code).toMatch(/^E21[27]$/)
      seen[error.diagnostic.code as 'E212' | 'E217']++
    }
  }
  expect(seen.image).toBeGreaterThan(20)
  expect(seen.E212).toBeGreaterThan(100)
  expect(seen.image + seen.E212 + seen.E217).toBe(CASES)
}, 300_000)
