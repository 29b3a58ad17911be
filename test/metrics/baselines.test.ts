import { describe, expect, test } from 'vitest'
import { baselineWarnings, centrePrior, imageBaselines } from '../../metrics/baselines.ts'
import { PixelBaselines } from '../../metrics/pixel-baselines.ts'

describe('trivial image baselines', () => {
  test('are the AUROC of mean grey, of its distance from the training mean, and of the grey deviation', () => {
    const baselines = imageBaselines({
      greyMean: [100, 110, 90, 140, 60],
      greyDeviation: [5, 6, 7, 6, 6],
      trainingGreyMean: 100,
      positive: [0, 0, 0, 1, 1],
    })
    expect(baselines).toEqual([
      { name: 'mean grey', auroc: 0.5 },
      { name: 'distance from the training mean grey', auroc: 1 },
      { name: 'grey deviation', auroc: 0.5 },
    ])
  })
})

describe('trivial pixel baselines', () => {
  test('the centre prior falls from 1 in the middle to 0 in the corners', () => {
    expect([...centrePrior(3, 3)].map((v) => Number(v.toFixed(3)))).toEqual([0, 0.293, 0, 0.293, 1, 0.293, 0, 0.293, 0])
    expect([...centrePrior(1, 1)]).toEqual([1])
  })

  test('are ranked on the same px as the model', () => {
    const baselines = new PixelBaselines()
    const image = { gradient: Float32Array.of(3, 0, 0, 0, 1, 0, 0, 0, 2), width: 3, height: 3 }
    baselines.add({ ...image, mask: Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), nok: true })
    baselines.add({ ...image, mask: null, nok: false })
    expect(baselines.result()).toEqual([
      { name: 'constant', auroc: 0.5 },
      { name: 'centre prior', auroc: 16.5 / 17 },
      { name: 'gradient magnitude', auroc: 12.5 / 17 },
    ])
    expect(baselines.result('nok')).toEqual([
      { name: 'constant', auroc: 0.5 },
      { name: 'centre prior', auroc: 1 },
      { name: 'gradient magnitude', auroc: 0.75 },
    ])
  })

  test('are null where no px is defective, the constant too', () => {
    const baselines = new PixelBaselines()
    baselines.add({ gradient: Float32Array.of(1), mask: null, nok: false, width: 1, height: 1 })
    expect(baselines.result().map((b) => b.auroc)).toEqual([null, null, null])
  })
})

describe('a baseline calls the result into question', () => {
  const mean = (auroc: number | null) => [{ name: 'mean grey', auroc }] as const

  test.each([
    ['0.02 below the model', 0.9, null, 0.88, 'near'],
    ['above the model', 0.6, null, 0.7, 'near'],
    ['inside the interval of the model', 0.9, 0.82, 0.83, 'near'],
    ['below the interval of the model', 0.9, 0.82, 0.8, null],
    ['far below the model', 0.9, null, 0.7, null],
    ['at chance beside a model at chance', 0.51, null, 0.5, 'near'],
    ['far below 0.5', 0.9, null, 0.147, 'inverted'],
    ['a little below 0.5', 0.9, null, 0.276, null],
    ['far below 0.5 beside a model without figure', null, null, 0.1, 'inverted'],
  ] as const)('%s', (_, auroc, low, baseline, kind) => {
    const expected = kind === null ? [] : [{ baseline: 'mean grey', auroc: baseline, kind }]
    expect(baselineWarnings({ auroc, interval: low === null ? null : { low } }, mean(baseline))).toEqual(expected)
  })

  test('but not one that is undefined', () => {
    expect(baselineWarnings({ auroc: 0.5 }, mean(null))).toEqual([])
  })
})
