import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { traceImage } from '../../engine/image-graph.ts'
import { openImageSession } from '../../engine/image-session.ts'
import { fitInto } from '../../imaging/resize.ts'

const random = seededRandom('resize-graph')

/** Sides from one px to many times the working size, with the edge cases first. */
const SIZES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [64, 64],
  [128, 127],
  [900, 3],
  [1200, 1000],
  ...Array.from({ length: 9 }, () => [1 + random.below(400), 1 + random.below(400)] as const),
]

describe('the resize inside a graph', () => {
  for (const fit of ['stretch', 'letterbox'] as const)
    for (const filter of ['bilinear', 'bicubic'] as const)
      test(`${fit}, ${filter}: the same px as imaging/resize over ${SIZES.length} sizes, up and down`, async () => {
        for (const size of [33, 64]) {
          const model = traceImage((image) => ({ px: image }), { size, fit, filter })
          const session = await openImageSession(model)
          for (const [width, height] of SIZES) {
            const data = Uint8Array.from({ length: width * height * 3 }, () => random.below(256))
            const expected = fitInto({ width, height, channels: 3, data }, size, size, fit, filter).data
            const { px } = await session.run({ width, height, data })
            const wrong = expected.findIndex((sample, i) => sample !== px[i])
            expect({ width, height, size, wrong }).toEqual({ width, height, size, wrong: -1 })
          }
          await session.dispose()
        }
      })
})
