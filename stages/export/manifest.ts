import type { RecipeStep } from '../../artifacts/items.ts'
import type { Bundle } from '../../artifacts/bundle.ts'
import type { CellModelHeader, ModelHeader } from '../../artifacts/model.ts'
import type { ScoresHeader } from '../../artifacts/scores.ts'
import type { WeightsOrigin } from './weights-origin.ts'

export const MANIFEST_FILE = 'manifest.json'
export const GRAPH_FILE = 'model.onnx'
export const THRESHOLDS_FILE = 'thresholds.json'
export const README_FILE = 'README.md'
export const NOTICE_FILE = 'NOTICE'

export interface ManifestParts {
  /** All files but the manifest. */
  readonly files: Bundle['files']
  readonly enhance: readonly RecipeStep[]
  readonly model: ModelHeader
  readonly scores: ScoresHeader
  /** Of the backbone; undefined for a model of images, which has none. */
  readonly weights: WeightsOrigin | undefined
  readonly engine: { readonly name: string; readonly version: string }
}

/** manifest.json: all that whoever runs the bundle must know, and what it was made from. */
export function manifestOf({ files, enhance, model, scores, weights, engine }: ManifestParts) {
  const working = 'cells' in model ? model.cells.features : model.images
  const { grid, cell, geometry, topK, border, reducer } = scores
  return {
    format: 'flawline bundle',
    version: 1,
    graph: GRAPH_FILE,
    files: Object.fromEntries(
      Object.entries(files).map(([name, { digest, bytes }]) => [name, { sha256: digest, bytes }]),
    ),
    input: {
      name: 'image',
      dtype: 'uint8',
      layout: 'HWC',
      colour: 'RGB',
      shape: ['height', 'width', 3],
      meaning: 'the original image at any size: orientation applied, colour profile ignored, alpha dropped',
    },
    enhance,
    working: {
      size: working.size,
      fit: working.fit,
      filter: working.filter,
      meaning:
        'the graph itself resizes into this square, antialiased and rounded to 8 bits after each axis as Pillow does',
    },
    outputs: {
      score: { name: 'score', dtype: 'float32', shape: [], meaning: reducer },
      map: {
        name: 'map',
        dtype: 'float32',
        shape: [grid, grid],
        meaning: 'error of each cell, rows from the top, whole',
      },
    },
    reducer: { mean: 'largest cells', count: topK, border, words: reducer },
    map: {
      grid,
      cell,
      geometry,
      meaning:
        geometry === 'exact'
          ? `cell j covers px ${cell} j to ${cell} j + ${cell - 1} of the working square, along both axes`
          : 'the grid is stretched over the whole working square',
    },
    thresholds: THRESHOLDS_FILE,
    decision:
      'NOK if score - image.nok > tolerance; else CLOSE if score - image.close > tolerance; else OK. A limit that is null is never exceeded; without image.nok there is no decision. A cell is defective if its error > pixel.',
    backbone: 'cells' in model ? backboneOf(model, weights!) : null,
    model:
      'cells' in model
        ? { method: model.method, channels: model.cells.channels, latent: model.latent }
        : { method: model.method, decoder: model.decoder },
    engine,
  }
}

const backboneOf = ({ cells: { features } }: CellModelHeader, weights: WeightsOrigin) => ({
  ...weights,
  family: features.family,
  padding: features.padding,
  normalize: features.normalize,
  taps: features.taps.map(({ name }) => name),
})
