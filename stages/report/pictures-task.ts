import { decodeJson } from '../../artifacts/json.ts'
import { encodePictures } from '../../artifacts/pictures.ts'
import { decodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import type { Thresholds } from '../../artifacts/verdict.ts'
import { renderHeatMap } from '../../imaging/colour-map.ts'
import { encodePng } from '../../imaging/encode.ts'
import { type Raster, rasterOf } from '../../imaging/raster.ts'
import { resize } from '../../imaging/resize.ts'
import { resampleMap, type Size } from '../evaluate/resample-map.ts'
import type { EachTask, Inputs, TaskContext } from '../stage.ts'
import { displayMask, displaySize } from './display-size.ts'
import { drawOverlay } from './overlay.ts'
import type { PicturesSettings } from './settings.ts'
import { encodeThumbnails, THUMBNAIL_SIDE } from './thumbnails.ts'

/** Renders image after image; the mask has the size of the image, heat map and overlay that of a screen. */
export async function openPictures(inputs: Inputs, { settings }: TaskContext<PicturesSettings>): Promise<EachTask> {
  const scores = inputs.items('scores')
  const scoresHeader = scores.header as ScoresHeader
  const { scale, pixel } = decodeJson(await inputs.whole('thresholds').read()) as Thresholds
  return {
    header: {},
    async each(item) {
      const { map } = decodeScore(await scores.read(item), scoresHeader.grid)
      const image = await scores.render(item)
      const mask = aboveThreshold(map, scoresHeader, pixel, image)
      const { width, height } = displaySize(image, settings)
      const shownMap = resampleMap(map, scoresHeader, { width, height }, image)
      const heat = renderHeatMap(shownMap, width, height, scale)
      const truth = await scores.renderMask(item)
      const overlay = drawOverlay(
        {
          image: width === image.width && height === image.height ? image : resize(image, width, height, 'bicubic'),
          heat,
          map: shownMap,
          predicted: displayMask(mask, width, height),
          truth: truth && displayMask(truth, width, height),
        },
        { scale, alpha: settings.alpha },
      )
      const size = displaySize(image, { min_side: THUMBNAIL_SIDE, max_side: THUMBNAIL_SIDE })
      const small = { image, map: resampleMap(map, scoresHeader, size, image), ...size, predicted: mask, truth }
      const thumbnails = await encodeThumbnails(small, scale)
      const [heatMap, overlayPng, maskPng] = await Promise.all([heat, overlay, mask].map(encodePng))
      return encodePictures({ heatMap, overlay: overlayPng, mask: maskPng, ...thumbnails })
    },
    close: () => Promise.resolve(),
  }
}

/** 255 where the map is above the pixel threshold, at the size of the image; nowhere without a threshold. */
function aboveThreshold(
  map: Float32Array,
  header: ScoresHeader,
  threshold: number | null,
  { width, height }: Size,
): Raster {
  const data = new Uint8Array(width * height)
  if (threshold !== null) {
    const atSize = resampleMap(map, header, { width, height })
    for (let i = 0; i < data.length; i++) data[i] = atSize[i] > threshold ? 255 : 0
  }
  return rasterOf(data, width, height, 1)
}
