import type * as tf from '@tensorflow/tfjs-core'
import { decodeFeatures, type FeaturesHeader } from '../../artifacts/features.ts'
import { type CellModel, type CellModelHeader, decodeModel, isImageModel } from '../../artifacts/model.ts'
import { encodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { Failure } from '../../base/diagnostic.ts'
import { openSession } from '../../engine/session.ts'
import { type TracedGraph, trace } from '../../engine/trace.ts'
import { reduceMap } from '../../metrics/reduce.ts'
import { aggregateMaps } from '../../models/aggregate-graph.ts'
import { cellErrors } from '../../models/detector.ts'
import type { EachTask, Inputs, ItemsInput, TaskContext } from '../stage.ts'
import { CELLS_BY_DEFAULT } from './largest.ts'
import { openImageScoring } from './score-images.ts'
import type { ScoreSettings } from './top-k.ts'

/** Opens the model as one graph from maps, or images, to errors and scores image after image. */
export async function openScoring(inputs: Inputs, context: TaskContext<ScoreSettings>): Promise<EachTask> {
  const port = inputs.items('features')
  const model = decodeModel(await inputs.whole('model').read())
  const wanted = isImageModel(model) ? 'images' : 'features'
  if (port.kind !== wanted) {
    throw new Failure('E604', `the model was trained on ${wanted}, and these are ${port.kind}`, {
      help: [`let score need the stage that gives the ${wanted} which the model was trained on`],
    })
  }
  return isImageModel(model) ? openImageScoring(port, model, context) : openCellScoring(port, model, context)
}

async function openCellScoring(
  features: ItemsInput,
  model: CellModel,
  { settings, threads }: Pick<TaskContext<ScoreSettings>, 'settings' | 'threads'>,
): Promise<EachTask> {
  const { taps } = expectFeatures(features.header as FeaturesHeader, model)
  const header = cellScoresHeader(model.header, settings)
  const session = await openSession(scoringGraph(model).model, { threads })
  return {
    header,
    async each(item) {
      const maps = decodeFeatures(await features.read(item), taps)
      const { errors } = await session.run(Object.fromEntries(taps.map(({ name }, i) => [name, maps[i]])))
      const map = errors as Float32Array
      const { score } = reduceMap(map, header.grid, header.grid, { border: header.border, topK: header.topK })
      return encodeScore({ score, map }, header.grid)
    },
    close: () => session.dispose(),
  }
}

/** From the maps of one image, float16 [C, h, w] under their names, to `errors` [grid * grid]. */
function scoringGraph({ header, tensors }: CellModel): TracedGraph {
  const { features, grid } = header.cells
  const inputs = features.taps.map(
    ({ name, channels, height, width }) =>
      [name, { shape: [channels, height, width], dtype: 'float16' as const }] as const,
  )
  return trace((maps) => {
    const cells = aggregateMaps(
      features.taps.map(({ name }) => maps[name] as tf.Tensor3D),
      { grid, size: features.size },
    )
    return { errors: cellErrors({ method: header.method, tensors }, cells) }
  }, Object.fromEntries(inputs))
}

/** The model must have been trained on features made in the same way. */
function expectFeatures(found: FeaturesHeader, { header }: CellModel): FeaturesHeader {
  if (canonicalJson(found) !== canonicalJson(header.cells.features)) {
    throw new Failure('E604', 'the model was trained on features made in another way than these', {
      help: ['let sample and score read the same extract stage'],
    })
  }
  return found
}

function cellScoresHeader(
  { cells: { grid, features } }: CellModelHeader,
  { top_k, border: cut = {}, map_geometry: geometry }: ScoreSettings,
): ScoresHeader {
  const topK = top_k === 'auto' ? CELLS_BY_DEFAULT : top_k
  const cell = Math.floor(features.size / grid)
  const border = cut.cells ?? (cut.px !== undefined ? Math.ceil(cut.px / cell) : Math.ceil((cut.share ?? 0) * grid))
  const inside = border === 0 ? '' : ` inside a border of ${border}`
  return {
    grid,
    size: features.size,
    fit: features.fit,
    cell,
    geometry,
    topK,
    border,
    reducer: `mean of the ${topK} largest cells${inside}`,
  }
}
