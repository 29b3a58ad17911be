import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeJson } from '../../artifacts/json.ts'
import { readPicture } from '../../artifacts/pictures.ts'
import type { Thresholds } from '../../artifacts/verdict.ts'
import { digestBytes } from '../../base/digest.ts'
import { colourAt } from '../../imaging/colour-map.ts'
import { decodeImage } from '../../imaging/decode.ts'
import type { Raster } from '../../imaging/raster.ts'
import { displayMask, displaySize } from '../../stages/report/display-size.ts'
import { PREDICTED_COLOUR, TRUE_COLOUR } from '../../stages/report/overlay.ts'
import { reportPictures } from '../../stages/report/pictures.ts'
import { HEADER } from './evaluate-rig.ts'
import { withDefaults } from './image-folder.ts'
import { inputsOf, pixelsOf, scoresInput, taskContext, type TestImage } from './task-rig.ts'

const THRESHOLDS: Pick<Thresholds, 'scale' | 'pixel'> = { scale: { low: 0, calm: 3, high: 9 }, pixel: 3 }
const GREY = pixelsOf(new Uint8Array(16).fill(100))
// prettier-ignore
const MAP = [0, 0, 0, 0, 0, 9, 3, 0, 0, 6, 0, 0, 0, 0, 0, 0]
const SMALL = { min_side: 4, max_side: 64 }

async function render(
  image: TestImage,
  { settings = SMALL, thresholds = THRESHOLDS }: { settings?: object; thresholds?: object } = {},
) {
  const scores = scoresInput(HEADER, [image])
  const inputs = inputsOf({ scores, thresholds: encodeJson(thresholds) })
  const task = await reportPictures.open(inputs, taskContext(withDefaults(reportPictures, settings)))
  const bytes = await task.each(scores.items[0])
  await task.close()
  const decode = (name: string): Promise<Raster> => decodeImage(readPicture(bytes, name)!)
  return { bytes, heatMap: await decode('heatMap'), overlay: await decode('overlay'), mask: await decode('mask') }
}

const colourOf = ({ data, width }: Raster, x: number, y: number): number[] => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
]
const firstOf = ({ data, channels }: Raster): number[] =>
  Array.from({ length: data.length / channels }, (_, i) => data[i * channels])

describe('pictures of an image', () => {
  test('show the map on the scale of the set, whatever its own range is', async () => {
    const { heatMap } = await render({ id: 'a', score: 9, map: MAP, pixels: GREY })
    expect(colourOf(heatMap, 1, 1)).toEqual(colourAt(255))
    expect(colourOf(heatMap, 1, 2)).toEqual(colourAt(170))
    expect(colourOf(heatMap, 2, 1)).toEqual(colourAt(85))
    expect(colourOf(heatMap, 0, 0)).toEqual(colourAt(0))
    const calm = await render({ id: 'b', score: 1, map: MAP.map((value) => value / 9), pixels: GREY })
    expect(Math.max(...calm.heatMap.data)).toBe(Math.max(...colourAt(28)))
  })

  test('mark what lies above the pixel threshold, at the size of the image', async () => {
    const { mask } = await render({ id: 'a', score: 9, map: MAP, pixels: GREY })
    expect(firstOf(mask)).toEqual([0, 0, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0])
    const enlarged = await render({ id: 'a', score: 9, map: MAP, pixels: GREY }, { settings: { min_side: 16 } })
    expect([enlarged.mask.width, enlarged.overlay.width, enlarged.heatMap.height]).toEqual([4, 16, 16])
  })

  test('have a black mask without a threshold', async () => {
    const thresholds = { ...THRESHOLDS, pixel: null }
    const { mask, overlay } = await render({ id: 'a', score: 9, map: MAP, pixels: GREY }, { thresholds })
    expect(new Set(mask.data)).toEqual(new Set([0]))
    expect(colourOf(overlay, 1, 1)).not.toEqual([...PREDICTED_COLOUR])
  })

  test('leave a calm image as it is', async () => {
    const { overlay } = await render({ id: 'a', score: 1, map: MAP.map((value) => value / 6), pixels: GREY })
    expect(new Set(overlay.data)).toEqual(new Set([100]))
  })

  test('cover what is hot by the heat map, up to alpha', async () => {
    const thresholds = { ...THRESHOLDS, pixel: null }
    const { overlay } = await render({ id: 'a', score: 9, map: MAP, pixels: GREY }, { thresholds })
    expect(colourOf(overlay, 1, 1)).toEqual(colourAt(255).map((heat) => Math.round(0.6 * 100 + 0.4 * heat)))
    expect(colourOf(overlay, 0, 0)).toEqual([100, 100, 100])
  })

  test('outline the prediction and, over it, the truth', async () => {
    const truth = pixelsOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0])
    const { overlay } = await render({ id: 'a', label: 'nok', score: 9, map: MAP, pixels: GREY, mask: truth })
    expect(colourOf(overlay, 1, 1)).toEqual([...PREDICTED_COLOUR])
    expect(colourOf(overlay, 1, 2)).toEqual([...TRUE_COLOUR])
  })

  test('have these px in version 2: other ones need a higher version', async () => {
    const image: TestImage = { id: 'a', score: 9, map: MAP, pixels: GREY, mask: pixelsOf([...new Uint8Array(15), 255]) }
    const { heatMap, overlay, mask } = await render(image, { settings: {} })
    expect(reportPictures.version).toBe(2)
    expect([heatMap, overlay, mask].map(({ data }) => digestBytes(data))).toEqual([
      'ab3066a443bd1b2753696118d6e3551d92b5d1863460bc4723896fcd316019c8',
      'dcdda03546a685fe6be31523f1dc17088802655838d0b028ba3341b30670b255',
      'd979e4aa98816f9882a16634b156e9dc4ba3f6dfe7b712e651d29b8cadc6e56c',
    ])
  })

  test('are the same bytes each time', async () => {
    const image: TestImage = { id: 'a', score: 9, map: MAP, pixels: GREY }
    expect((await render(image)).bytes).toEqual((await render(image)).bytes)
  })

  const odd = '../shared/data/piped/PA_BTN01_RL/test/nok/PA_BTN01_RL_S_D_07_2.png'
  test.skipIf(!existsSync(odd))('fit a real image of odd width (needs the sample data)', async () => {
    const pixels = await decodeImage(readFileSync(odd))
    const { heatMap, overlay, mask } = await render({ id: 'a', score: 9, map: MAP, pixels }, { settings: {} })
    expect([pixels.width, pixels.height]).toEqual([127, 128])
    expect([mask.width, mask.height]).toEqual([127, 128])
    expect([overlay.width, overlay.height, heatMap.width, heatMap.height]).toEqual([508, 512, 508, 512])
  })
})

describe('the size on a screen', () => {
  const size = (width: number, height: number) =>
    Object.values(displaySize({ width, height }, { min_side: 512, max_side: 1024 }))

  test.each([
    ['small images grow by a whole factor', [128, 100], [512, 400]],
    ['others stay', [300, 200], [300, 200]],
    ['up to the limit', [1024, 768], [1024, 768]],
    ['large ones shrink', [4096, 1024], [1024, 256]],
    ['never below one px', [8000, 3], [1024, 1]],
  ])('%s', (_, [width, height], shown) => {
    expect(size(width, height)).toEqual(shown)
  })

  test('a defect of one px is still seen when the image shrinks', () => {
    const mask = { width: 6, height: 4, channels: 1 as const, data: new Uint8Array(24) }
    mask.data[2 * 6 + 5] = 255
    expect([...displayMask(mask, 3, 2).data]).toEqual([0, 0, 0, 0, 0, 255])
  })
})
