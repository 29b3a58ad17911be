import { type Bundle, encodeBundle } from '../../artifacts/bundle.ts'
import { decodeJson } from '../../artifacts/json.ts'
import { type CellModel, decodeModel, isImageModel } from '../../artifacts/model.ts'
import type { ScoresHeader } from '../../artifacts/scores.ts'
import type { Thresholds } from '../../artifacts/verdict.ts'
import { formatBytes } from '../../base/format.ts'
import { runtimeVersion } from '../../engine/image-session.ts'
import { type Backbone, type BackboneName, loadBackbone } from '../../models/backbone.ts'
import type { Family } from '../../models/checkpoint/recognise.ts'
import type { PaddingRule } from '../../models/convolution.ts'
import type { Inputs, RunKind, TaskContext } from '../stage.ts'
import { cellBundleGraph, imageBundleGraph } from './bundle-graph.ts'
import { heldOutDiffer, sharedSteps } from './enhance-steps.ts'
import { withTolerance } from './limits.ts'
import { GRAPH_FILE, MANIFEST_FILE, manifestOf, NOTICE_FILE, README_FILE, THRESHOLDS_FILE } from './manifest.ts'
import { checkParity, readScores } from './parity.ts'
import { readmeOf } from './readme.ts'
import { noticeOf, type WeightsOrigin, weightsOrigin } from './weights-origin.ts'

/** Builds the graph, runs it over every scored image, and only then writes the bundle. */
export async function exportBundle(inputs: Inputs, context: TaskContext): Promise<Awaited<ReturnType<RunKind['run']>>> {
  const model = decodeModel(await inputs.whole('model').read())
  const port = inputs.items('scores')
  const scores = port.header as ScoresHeader
  const enhance = sharedSteps(port.items)
  if (heldOutDiffer(port.items, enhance)) {
    context.log('held-out images, where limits come from, are enhanced in another way than test images', 'warning')
  }
  const graph = isImageModel(model)
    ? imageBundleGraph(model, scores)
    : cellBundleGraph({ backbone: await backboneOf(model, context), model, scores })
  context.log(`${GRAPH_FILE} takes ${formatBytes(graph.byteLength)}`)

  const scored = await readScores(port, scores.grid)
  const thresholds = withTolerance(
    decodeJson(await inputs.whole('thresholds').read()) as Thresholds,
    scored.map(({ score }) => score),
  )
  await checkParity({ graph, scored, thresholds, scores: port, grid: scores.grid }, context)

  const weights = isImageModel(model) ? undefined : originOf(model)
  const version = await runtimeVersion()
  const files: Bundle['files'] = {
    [GRAPH_FILE]: await put(graph, context),
    [THRESHOLDS_FILE]: await put(json(thresholds), context),
    [README_FILE]: await put(text(readmeOf({ enhance, runtime: version })), context),
    [NOTICE_FILE]: await put(text(noticeOf(weights)), context),
  }
  const engine = { name: 'onnxruntime-node', version }
  const manifest = manifestOf({ files, enhance, model: model.header, scores, weights, engine })
  return { bundle: encodeBundle({ files: { ...files, [MANIFEST_FILE]: await put(json(manifest), context) } }) }
}

/** The network that made the features, from the weights and with the padding that their header names. */
async function backboneOf({ header }: CellModel, { weights }: TaskContext): Promise<Backbone> {
  const { network, family, padding, weights: digest } = header.cells.features
  const { bytes } = await weights(digest)
  return loadBackbone(network as BackboneName, bytes, { padding: padding as PaddingRule, family: family as Family })
}

const originOf = ({ header }: CellModel): WeightsOrigin =>
  weightsOrigin(header.cells.features.network, header.cells.features.weights)

async function put(bytes: Uint8Array, { putBlob }: TaskContext): Promise<Bundle['files'][string]> {
  return { digest: await putBlob(bytes), bytes: bytes.byteLength }
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const json = (value: unknown): Uint8Array => text(`${JSON.stringify(value, null, 2)}\n`)
