import { encodePictures } from '../../artifacts/pictures.ts'
import { encodePng } from '../../imaging/encode.ts'
import type { EachTask, Inputs } from '../stage.ts'

/** Renders image after image at its own size: `image`, RGB, and `mask`, 0 or 255, where there is one. */
export function openImages(inputs: Inputs): EachTask {
  const images = inputs.items('images')
  return {
    header: {},
    async each(item) {
      const image = await encodePng(await images.render(item))
      const mask = await images.renderMask(item)
      return encodePictures({ image, ...(mask && { mask: await encodePng(mask) }) })
    },
    close: () => Promise.resolve(),
  }
}
