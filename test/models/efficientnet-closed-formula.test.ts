import { describe, expect, test } from 'vitest'
import { type BackboneName, loadBackbone } from '../../models/backbone.ts'
import oracle from '../oracles/backbone-closed-formula.json' with { type: 'json' }
import { closedFormulaCheckpoint } from '../../bench/closed-formula-checkpoint.ts'
import { scramble } from '../../bench/closed-formula-weights.ts'
import { goldenPattern } from '../fixtures/golden-pattern.ts'
import { moments } from '../fixtures/moments.ts'
import { runBackbone } from '../fixtures/run-backbone.ts'

const TAPS = ['stage1', 'stage2', 'stage3', 'stage4', 'stage5', 'stage6']
const RELATIVE_ERROR = 1e-3

const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)

describe.each(oracle.cases)('$network at $size px with weights of a closed formula', ({ network, size, taps }) => {
  test("has torchvision's six taps", { timeout: 120_000 }, async () => {
    const backbone = loadBackbone(network as BackboneName, closedFormulaCheckpoint(network as 'efficientnet-b6'))
    expect(backbone.family).toBe('torchvision')
    expect(backbone.defaultTaps).toEqual(TAPS)
    const maps = await runBackbone(backbone, { pixels: goldenPattern(size), size, taps: TAPS })
    for (const [i, { shape, data }] of maps.entries()) {
      const reference = taps[i]
      expect(shape).toEqual(reference.shape)
      const differences = reference.samples.map((value, k) => data[scramble(k) % data.length] - value)
      expect(rms(differences) / rms(reference.samples), `${TAPS[i]}, samples`).toBeLessThan(RELATIVE_ERROR)
      const found = moments(data)
      expect(Math.abs(found.mean - reference.mean) / reference.std, `${TAPS[i]}, mean`).toBeLessThan(RELATIVE_ERROR)
      expect(Math.abs(found.std - reference.std) / reference.std, `${TAPS[i]}, std`).toBeLessThan(RELATIVE_ERROR)
    }
  })
})
