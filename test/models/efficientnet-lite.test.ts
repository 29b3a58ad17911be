import { describe, expect, test } from 'vitest'
import { type BackboneName, loadBackbone } from '../../models/backbone.ts'
import { goldenPattern } from '../fixtures/golden-pattern.ts'
import { moments } from '../fixtures/moments.ts'
import { runBackbone } from '../fixtures/run-backbone.ts'
import { testWeights } from '../fixtures/test-weights.ts'

const TAPS = ['stage1', 'stage2', 'stage3', 'stage4', 'stage5', 'stage6']
const TOLERANCE = 1e-3 // of the standard deviation

/** Mean and standard deviation of stages 1..6 for the golden pattern, by the publisher's own weights. */
const GOLDEN: readonly (readonly [BackboneName, string, number, readonly (readonly [number, number])[]])[] = [
  [
    'efficientnet-lite0',
    'efficientnet-lite0-57934424.pth',
    224,
    [
      [-0.07923, 11.21389],
      [0.2692, 13.47871],
      [-1.60982, 10.05396],
      [-1.46583, 9.57663],
      [-0.02803, 5.49469],
      [0.15363, 4.78047],
    ],
  ],
  [
    'efficientnet-lite0',
    'efficientnet-lite0-57934424.pth',
    256,
    [
      [-0.06747, 11.16275],
      [-0.04627, 13.19379],
      [-1.7005, 9.86674],
      [-1.40996, 9.49937],
      [-0.02325, 5.46928],
      [0.18135, 4.58532],
    ],
  ],
  [
    'efficientnet-lite1',
    'efficientnet-lite1-77cc7160.pth',
    256,
    [
      [0.14929, 12.08592],
      [4.28944, 13.54327],
      [0.72758, 11.11919],
      [-0.46496, 10.01922],
      [-0.30163, 5.24192],
      [0.33228, 5.1736],
    ],
  ],
  [
    'efficientnet-lite2',
    'efficientnet-lite2-9656183e.pth',
    256,
    [
      [0.9772, 11.93573],
      [0.00776, 14.35718],
      [0.12171, 10.39234],
      [-0.2865, 9.85726],
      [-0.1478, 5.05493],
      [-0.2485, 4.94003],
    ],
  ],
]

describe.each(GOLDEN)('%s, %s at %d px', (name, file, size, golden) => {
  const bytes = testWeights(file)

  test.skipIf(bytes === undefined)('has the published values at all six taps', async () => {
    const backbone = loadBackbone(name, bytes!)
    expect(backbone.family).toBe('lite-pytorch')
    const maps = await runBackbone(backbone, { pixels: goldenPattern(size), size, taps: TAPS })
    for (const [i, { data }] of maps.entries()) {
      const found = moments(data)
      const [mean, std] = golden[i]
      expect(Math.abs(found.mean - mean) / std, `${TAPS[i]} mean`).toBeLessThan(TOLERANCE)
      expect(Math.abs(found.std - std) / std, `${TAPS[i]} std`).toBeLessThan(TOLERANCE)
    }
  })
})
