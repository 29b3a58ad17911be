import { expect, test } from 'vitest'
import { encodeBasis } from '../../artifacts/basis.ts'
import { encodeBundle } from '../../artifacts/bundle.ts'
import { type CellsHeader, encodeCells } from '../../artifacts/cells.ts'
import { type ArtifactFacts, checkArtifact } from '../../artifacts/check.ts'
import { encodeFeatures, type FeaturesHeader } from '../../artifacts/features.ts'
import { encodeFiles } from '../../artifacts/files.ts'
import { encodeJson } from '../../artifacts/json.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { encodeModel } from '../../artifacts/model.ts'
import { encodePictures } from '../../artifacts/pictures.ts'
import { encodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import { digestValue } from '../../base/digest.ts'

const digest = digestValue('test', 1)
const HALF_ONE = 0x3c00
const HALF_NAN = 0x7e00

const taps = [{ name: 'a', channels: 2, height: 1, width: 1 }]
const features = { taps, size: 8 } as unknown as FeaturesHeader
const cells: CellsHeader = { features, grid: 2, channels: 2, rows: 4, images: 2 }
const halves = (count: number, value = HALF_ONE): Uint16Array => new Uint16Array(count).fill(value)
const doubles = (...values: number[]): Float64Array => Float64Array.from(values)

const basis = (more: Partial<Parameters<typeof encodeBasis>[0]> = {}): Uint8Array =>
  encodeBasis({
    header: { cells, standardize: true, variance: 0.9, latent: 1 },
    mean: doubles(0, 0),
    scale: doubles(1, 1),
    components: doubles(1, 0),
    eigenvalues: doubles(2, 1),
    ...more,
  })
const model = (value: number): Uint8Array =>
  encodeModel({
    header: { method: 'pca', cells, latent: 1 },
    tensors: { mean: { shape: [2], data: Float32Array.of(0, value) } },
  })
const thresholds = (more: object = {}): Uint8Array =>
  encodeJson({
    image: { close: 1, nok: 2 },
    pixel: 3,
    heldOut: 2,
    heldOutScores: [1, 2],
    scale: { low: 0, calm: 1, high: 2 },
    ...more,
  })
const verdict = (more: object = {}): Uint8Array =>
  encodeJson({
    metrics: { image_auroc: { value: 0.9, interval: [0.8, 1] }, image_ap: { value: null } },
    counts: { train: 4, heldOut: 1, ok: 1, nok: 0, unknown: 0 },
    items: [
      { id: 'a.png', score: 1 },
      { id: 'b.png', score: 2 },
    ],
    ...more,
  })
const scores = { grid: 2 } as ScoresHeader
const score = (value: number, grid = 2): Uint8Array =>
  encodeScore({ score: 1, map: new Float32Array(grid * grid).fill(value) }, grid)
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

test.each<[ArtifactKind, Uint8Array, ArtifactFacts?]>([
  ['features', encodeFeatures(taps, [halves(2)]), { header: features }],
  ['cells', encodeCells({ header: cells, values: halves(8) }), { images: 2 }],
  ['basis', basis()],
  ['model', model(1)],
  ['scores', score(1), { header: scores }],
  ['thresholds', thresholds()],
  ['verdict', verdict()],
  ['bundle', encodeBundle({ files: { 'model.onnx': { digest, bytes: 3 } } })],
  ['files', encodeFiles({ files: {} })],
  ['pictures', encodePictures({ heatMap: png })],
])('sound %s pass', (kind, bytes, facts) => {
  expect(() => checkArtifact(kind, bytes, facts)).not.toThrow()
})

test.each<[ArtifactKind, string, Uint8Array, ArtifactFacts?]>([
  [
    'features',
    'map a is not finite at element 0 of 2',
    encodeFeatures(taps, [halves(2, HALF_NAN)]),
    { header: features },
  ],
  [
    'features',
    'map a has shape [2, 2, 1], expected [2, 1, 1]',
    encodeFeatures([{ ...taps[0], height: 2 }], [halves(4)]),
    { header: features },
  ],
  ['cells', 'cells is not finite at element 0 of 8', encodeCells({ header: cells, values: halves(8, HALF_NAN) })],
  ['cells', 'rows of 2 images, where 3 were read', encodeCells({ header: cells, values: halves(8) }), { images: 3 }],
  ['cells', '3 rows do not share out over 2 images', encodeCells({ header: { ...cells, rows: 3 }, values: halves(6) })],
  [
    'cells',
    'grid is 0, expected a whole number from 1',
    encodeCells({ header: { ...cells, grid: 0 }, values: halves(8) }),
  ],
  ['basis', 'a scale is not positive', basis({ scale: doubles(1, 0) })],
  ['basis', 'eigenvalues rise', basis({ eigenvalues: doubles(1, 2) })],
  ['basis', 'mean is not finite at element 1 of 2', basis({ mean: doubles(0, NaN) })],
  ['model', 'mean is not finite at element 1 of 2', model(Infinity)],
  ['scores', 'map is not finite at element 0 of 4', score(NaN), { header: scores }],
  ['scores', 'map has shape [3, 3], expected [2, 2]', score(1, 3), { header: scores }],
  ['thresholds', 'close 3 lies above nok 2', thresholds({ image: { close: 3, nok: 2 } })],
  ['thresholds', 'held-out scores are not finite and ascending', thresholds({ heldOutScores: [2, 1] })],
  ['thresholds', 'the colour scale 0, 3, 2 is not ascending', thresholds({ scale: { low: 0, calm: 3, high: 2 } })],
  ['verdict', '2 images, counted 3', verdict({ counts: { train: 4, heldOut: 2, ok: 1, nok: 0, unknown: 0 } })],
  ['verdict', 'image_auroc is 1.5', verdict({ metrics: { image_auroc: { value: 1.5 } } })],
  ['bundle', 'it has no file', encodeBundle({ files: {} })],
  [
    'files',
    '"../x" is no path of a file below a folder',
    encodeFiles({ files: { '../x': { digest, bytes: 1, mode: '644' } } }),
  ],
  ['pictures', 'heatMap is no PNG or WebP file', encodePictures({ heatMap: png.slice(1) })],
])('%s are refused: %s', (kind, fault, bytes, facts) => {
  expect(() => checkArtifact(kind, bytes, facts)).toThrow(`${kind}: ${fault}`)
})
