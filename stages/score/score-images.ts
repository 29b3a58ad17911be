import type { ImageModel, ImageModelHeader } from '../../artifacts/model.ts'
import { encodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import { openSession } from '../../engine/session.ts'
import { trace } from '../../engine/trace.ts'
import { fitInto } from '../../imaging/resize.ts'
import { reduceMap } from '../../metrics/reduce.ts'
import { pixelErrors } from '../../models/image-detector.ts'
import type { EachTask, ItemsInput, TaskContext } from '../stage.ts'
import { PX_BY_DEFAULT } from './largest.ts'
import type { ScoreSettings } from './top-k.ts'

/** Opens an image model as one graph from the rendered image to the errors of its px. */
export async function openImageScoring(
  images: ItemsInput,
  { header: model, tensors }: ImageModel,
  { settings, threads }: Pick<TaskContext<ScoreSettings>, 'settings' | 'threads'>,
): Promise<EachTask> {
  const header = imageScoresHeader(model, settings)
  const { size, fit, filter } = model.images
  const { decoder } = model
  const graph = trace(({ image }) => ({ ...pixelErrors({ decoder, tensors }, image) }), {
    image: { shape: [1, size, size, 3], dtype: 'uint8' },
  })
  const session = await openSession(graph.model, { threads })
  return {
    header,
    async each(item) {
      const { data } = fitInto(await images.render(item), size, size, fit, filter)
      const errors = (await session.run({ image: data })) as Record<'squared' | 'absolute', Float32Array>
      const { score } = reduceMap(errors.squared, size, size, { border: header.border, topK: header.topK })
      return encodeScore({ score, map: errors[settings.pixel_error] }, size)
    },
    close: () => session.dispose(),
  }
}

/** A cell of its maps is a px of the working image. */
function imageScoresHeader(
  { images: { size, fit } }: ImageModelHeader,
  { top_k, border: cut = {}, map_geometry: geometry, pixel_error: pixelError }: ScoreSettings,
): ScoresHeader {
  const topK = top_k === 'auto' ? PX_BY_DEFAULT : top_k
  const border = cut.cells ?? cut.px ?? Math.ceil((cut.share ?? 0) * size)
  const inside = border === 0 ? '' : ` inside a border of ${border}`
  return {
    grid: size,
    size,
    fit,
    cell: 1,
    geometry,
    topK,
    border,
    pixelError,
    reducer: `mean of the ${topK} largest px${inside}`,
  }
}
