import Type, { type TObject } from 'typebox'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { defineRun, type Port, type StageKind } from '../../stages/stage.ts'

function kindOf(
  kind: string,
  ports: Readonly<Record<string, Port>>,
  gives: readonly ArtifactKind[],
  settings: TObject = Type.Object({}),
): StageKind {
  const run = () => Promise.reject(new Error('these kinds are never run'))
  return defineRun({ kind, version: 1, summary: kind, settings, ports, gives, run })
}

const images: Port = { accepts: ['images'] }
const cellsOrFeatures: Port = { accepts: ['cells', 'features'] }

/** Kinds in the shapes that the loader must tell apart: names and settings of the example spec, nothing behind them. */
export const KINDS: readonly StageKind[] = [
  kindOf(
    'acquire/folder',
    {},
    ['images'],
    Type.Object({
      dir: Type.String({ minLength: 1, 'x-path': true }),
      fields: Type.Optional(Type.String()),
      where: Type.Record(Type.String(), Type.Array(Type.Union([Type.String(), Type.Number()])), { default: {} }),
      masks: Type.Object(
        { dir: Type.String({ default: 'masks' }), invert: Type.Boolean({ default: false }) },
        { default: {} },
      ),
    }),
  ),
  kindOf(
    'split/by-part',
    { images },
    ['images'],
    Type.Object({
      held_out: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.2, 'x-thesis': 0 }),
      group_by: Type.Optional(Type.String()),
    }),
  ),
  kindOf(
    'enhance/classic',
    { images },
    ['images'],
    Type.Object({
      clahe: Type.Optional(
        Type.Object(
          { clip: Type.Number({ default: 0.8, exclusiveMinimum: 0 }), tiles: Type.Integer({ default: 8, minimum: 1 }) },
          { 'x-thesis': { clip: 0.8, tiles: 8 } },
        ),
      ),
      gamma: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 20 })),
      apply: Type.Array(Type.Enum(['train', 'held_out', 'test']), { default: ['train', 'test'], uniqueItems: true }),
    }),
  ),
  kindOf(
    'augment/photometric',
    { images },
    ['images'],
    Type.Object({ copies: Type.Integer({ minimum: 0, maximum: 64, default: 3 }) }),
  ),
  kindOf(
    'extract/efficientnet-b6',
    { images },
    ['features'],
    Type.Object({
      size: Type.Integer({ minimum: 32, maximum: 2048, default: 512, 'x-unit': 'px' }),
      fit: Type.Union([Type.Literal('stretch'), Type.Literal('letterbox')], { default: 'stretch' }),
      filter: Type.Enum(['auto', 'bilinear', 'bicubic'], { default: 'auto' }),
      normalize: Type.Enum(['checkpoint', 'none'], { default: 'checkpoint', 'x-thesis': 'none' }),
      padding: Type.Enum(['auto', 'symmetric', 'same'], { default: 'auto' }),
      taps: Type.Union([Type.Literal('auto'), Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 })], {
        default: 'auto',
      }),
      weights: Type.Optional(Type.String()),
      store: Type.Enum(['float16'], { default: 'float16' }),
      chunk: Type.Integer({ minimum: 1, default: 1, 'x-inert': true }),
    }),
  ),
  kindOf(
    'sample/cells',
    { features: { accepts: ['features'] } },
    ['cells'],
    Type.Object({
      grid: Type.Integer({ minimum: 8, maximum: 512 }),
      per_image: Type.Union([Type.Literal('all'), Type.Integer({ minimum: 1 })], { default: 500, 'x-thesis': 'all' }),
    }),
  ),
  kindOf(
    'pca/streaming',
    { cells: cellsOrFeatures },
    ['basis'],
    Type.Object({
      variance: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.9 }),
      standardize: Type.Boolean({ default: true, 'x-thesis': false }),
      grid: Type.Optional(Type.Integer({ minimum: 8, maximum: 512 })),
    }),
  ),
  kindOf('train/pca', { basis: { accepts: ['basis'] } }, ['model']),
  kindOf(
    'train/dfr',
    { cells: cellsOrFeatures, basis: { accepts: ['basis'], optional: true } },
    ['model'],
    Type.Object({
      grid: Type.Optional(Type.Integer({ minimum: 8, maximum: 512 })),
      latent: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1 })], { default: 'auto' }),
      epochs: Type.Integer({ minimum: 1, default: 60 }),
      lr: Type.Number({ exclusiveMinimum: 0, default: 0.001 }),
      optimizer: Type.Optional(
        Type.Union([
          Type.Object({ name: Type.Literal('adam'), beta: Type.Number({ default: 0.9 }) }),
          Type.Object({ name: Type.Literal('sgd'), momentum: Type.Number({ default: 0 }) }),
        ]),
      ),
    }),
  ),
  kindOf(
    'score/top-k',
    { features: { accepts: ['features'] }, model: { accepts: ['model'] } },
    ['scores'],
    Type.Object({
      top_k: Type.Integer({ minimum: 1, default: 20 }),
      border: Type.Optional(
        Type.Object(
          {
            cells: Type.Optional(Type.Integer({ minimum: 0 })),
            px: Type.Optional(Type.Integer({ minimum: 0 })),
          },
          { minProperties: 1, maxProperties: 1, 'x-thesis': { cells: 20 } },
        ),
      ),
    }),
  ),
  kindOf('evaluate/standard', { scores: { accepts: ['scores'] } }, ['verdict', 'thresholds']),
  kindOf(
    'export/onnx',
    { model: { accepts: ['model'] }, scores: { accepts: ['scores'] }, thresholds: { accepts: ['thresholds'] } },
    ['bundle'],
  ),
  kindOf('report/pictures', { scores: { accepts: ['scores'] }, thresholds: { accepts: ['thresholds'] } }, ['pictures']),
  kindOf('report/images', { images }, ['pictures']),
  kindOf('compare/images', { before: images, after: images }, ['verdict']),
]
