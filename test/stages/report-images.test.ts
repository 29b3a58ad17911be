import { expect, test } from 'vitest'
import { readPicture } from '../../artifacts/pictures.ts'
import { decodeImage, decodeMask } from '../../imaging/decode.ts'
import { reportImages } from '../../stages/report/images.ts'
import { HEADER } from './evaluate-rig.ts'
import { inputsOf, pixelsOf, scoresInput, taskContext, type TestImage } from './task-rig.ts'

const SHADES = [0, 1, 2, 3, 100, 101, 102, 103, 200, 201, 202, 203, 252, 253, 254, 255]

async function imagesOf(image: TestImage): Promise<Uint8Array> {
  const images = scoresInput(HEADER, [image])
  const task = await reportImages.open(inputsOf({ images }), taskContext({}))
  return task.each(images.items[0])
}

test('an image and its mask are kept px by px', async () => {
  const mask = pixelsOf(SHADES.map((shade) => (shade > 200 ? 255 : 0)))
  const bytes = await imagesOf({ id: 'a', pixels: pixelsOf(SHADES), mask })
  const kept = await decodeImage(readPicture(bytes, 'image')!)
  expect(Array.from({ length: 16 }, (_, i) => kept.data[i * kept.channels])).toEqual(SHADES)
  expect([...(await decodeMask(readPicture(bytes, 'mask')!)).mask.data]).toEqual([...mask.data])
})

test('an image without a mask has none', async () => {
  expect(readPicture(await imagesOf({ id: 'a', pixels: pixelsOf(SHADES) }), 'mask')).toBeUndefined()
})
