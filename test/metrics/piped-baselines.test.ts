import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { imageBaselines } from '../../metrics/baselines.ts'

const DATA = new URL('../../../shared/data/piped', import.meta.url).pathname

/** Mean and deviation over all RGB values of each image of a folder, which is what the reference figures took for grey. */
async function greyOf(folder: string): Promise<{ mean: number; deviation: number }[]> {
  return Promise.all(
    readdirSync(folder)
      .sort()
      .map(async (name) => {
        const rgb = await sharp(join(folder, name)).removeAlpha().toColourspace('srgb').raw().toBuffer()
        let [sum, squares] = [0, 0]
        for (const value of rgb) {
          sum += value
          squares += value * value
        }
        const mean = sum / rgb.length
        return { mean, deviation: Math.sqrt(squares / rgb.length - mean * mean) }
      }),
  )
}

describe.skipIf(!existsSync(DATA))(
  'trivial baselines on the PIPED sample equal the reference figures (needs ../shared/data/piped beside the repository)',
  () => {
    test.each([
      ['PA_BRG02_RL', 0.276, 0.464, 0.727],
      ['PA_BTN01_RL', 0.43, 0.604, 0.69],
      ['PA_FVN01_TL', 0.147, 0.294, 0.447],
      ['PA_ZPB01_RL', 0.307, 0.561, 0.714],
    ])('%s', async (name, mean, distance, deviation) => {
      const at = (...path: string[]) => greyOf(join(DATA, name, ...path))
      const [training, good, bad] = await Promise.all([at('train', 'ok'), at('test', 'ok'), at('test', 'nok')])
      const items = [...good, ...bad]
      const found = imageBaselines({
        greyMean: items.map((item) => item.mean),
        greyDeviation: items.map((item) => item.deviation),
        trainingGreyMean: training.reduce((sum, item) => sum + item.mean, 0) / training.length,
        positive: items.map((_, i) => i >= good.length),
      })
      for (const [i, expected] of [mean, distance, deviation].entries()) {
        expect(Math.abs(found[i].auroc! - expected)).toBeLessThan(0.005) // they were taken at 256 x 256
      }
    })
  },
)
