import * as tf from '@tensorflow/tfjs-core'
import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import { type Digest, digestBytes } from '../base/digest.ts'
import type { Result } from '../base/result.ts'
import { type TracedGraph, trace } from '../engine/trace.ts'
import { findPublished } from './checkpoint/catalogue.ts'
import { familySettings, type Preprocess } from './checkpoint/family.ts'
import { readCheckpoint } from './checkpoint/read-checkpoint.ts'
import { type Family, onlyFamily, recogniseCheckpoint } from './checkpoint/recognise.ts'
import type { PaddingRule } from './convolution.ts'
import { efficientNet } from './efficientnet.ts'
import type { EfficientNetName } from './efficientnet-structure.ts'
import { loadMobileNetV2, MOBILENET_V2 } from './mobilenet-v2.ts'

/** A place in a network where features are taken. */
export interface Tap {
  readonly name: string
  readonly channels: number
  /** Input px per cell of the map: a map of an input of n px has ceil(n / stride) cells. */
  readonly stride: number
}

/** A frozen network that turns an image into maps. Everything but `forward` enters keys and headers of features. */
export interface Backbone {
  readonly name: BackboneName
  readonly family: Family | 'mediapipe'
  /** SHA-256 of the file that the weights came from. */
  readonly weightsDigest: Digest
  readonly padding: PaddingRule
  /** Folded into the convolutions; null where the file has them folded already. */
  readonly bnEpsilon: number | null
  readonly preprocess: Preprocess
  /** All of them, in order of depth. */
  readonly taps: readonly Tap[]
  readonly defaultTaps: readonly string[]
  /** x: [N, H, W, 3] as `preprocess` leaves it -> one [N, H/stride, W/stride, C] per tap; nothing behind the last is run. */
  forward(x: tf.Tensor4D, taps: readonly string[]): tf.Tensor4D[]
}

export type BackboneName = EfficientNetName | typeof MOBILENET_V2

/**
 * The backbone `name` from the bytes of its checkpoint. `padding` overrides that of the family. Throws Failure E302 (mobilenet's file is another one), E303 (another network), E304.
 */
export function loadBackbone(
  name: BackboneName,
  file: Uint8Array,
  { padding, family }: BackboneOptions = {},
): Backbone {
  return name === MOBILENET_V2 ? loadMobileNetV2(file, padding) : loadEfficientNet(name, file, { padding, family })
}

export interface BackboneOptions {
  readonly padding?: PaddingRule | undefined
  /** Who published the weights, for files whose digest, names and shapes do not tell. */
  readonly family?: Family | undefined
}

function loadEfficientNet(
  name: EfficientNetName,
  file: Uint8Array,
  { padding, family: told }: BackboneOptions,
): Backbone {
  const weightsDigest = digestBytes(file)
  const published = findPublished(weightsDigest)
  const weights = readCheckpoint(file)
  const known = published?.family ?? told
  const recognised = expectOk(recogniseCheckpoint(weights, known === undefined ? {} : { family: known }))
  const { network, scheme } = recognised
  if (network !== name) throw new Failure('E303', `checkpoint of another network: this is ${network}, not ${name}`)

  const family = expectOk(onlyFamily(recognised))
  if (told !== undefined && told !== family) {
    const help = ['leave family out: the file tells by itself']
    throw new Failure('E303', `checkpoint of another publisher: these weights are of ${family}, not of ${told}`, {
      help,
    })
  }
  const settings = familySettings(network, family, published?.advProp)
  const preprocess = { ...settings.preprocess, ...(published?.filter && { filter: published.filter }) }
  return efficientNet({
    network,
    family,
    scheme,
    weights,
    weightsDigest,
    ...settings,
    padding: padding ?? settings.padding,
    preprocess,
  })
}

function expectOk<T>(result: Result<T, Diagnostic>): T {
  if (result.ok) return result.value
  throw new Failure(result.error.code, result.error.message, { help: result.error.help ?? [] })
}

export interface BackboneGraphOptions {
  /** Input size in px. */
  readonly height: number
  readonly width: number
  readonly batch: number
  readonly taps: readonly string[]
  /** checkpoint: as the weights were trained; none: v / 255 alone, as the thesis does. */
  readonly normalize: 'checkpoint' | 'none'
}

/** One graph from pixels to features: `image` uint8 [N, H, W, 3] in, each tap float16 [N, C, h, w] out, under its name. */
export function traceBackbone(
  backbone: Backbone,
  { height, width, batch, taps, normalize }: BackboneGraphOptions,
): TracedGraph {
  return trace(
    ({ image }) => {
      const maps = featureMaps(backbone, image as tf.Tensor4D, taps, normalize)
      return Object.fromEntries(maps.map((map, i) => [taps[i], map]))
    },
    { image: { shape: [batch, height, width, 3], dtype: 'uint8' } },
    { outputs: Object.fromEntries(taps.map((tap) => [tap, 'float16' as const])) },
  )
}

/** image: [N, H, W, 3] in 0..255, float32 -> one [N, C, h, w] per tap: what every graph that holds a backbone starts with. */
export function featureMaps(
  backbone: Backbone,
  image: tf.Tensor4D,
  taps: readonly string[],
  normalize: BackboneGraphOptions['normalize'],
): tf.Tensor4D[] {
  const unknown = taps.find((tap) => !backbone.taps.some(({ name }) => name === tap))
  if (unknown !== undefined) throw new Error(`Internal error: ${backbone.name} has no tap "${unknown}"`)
  const x = normalizePixels(image, backbone.preprocess, normalize)
  return backbone.forward(x, taps).map((map) => tf.transpose(map, [0, 3, 1, 2]))
}

/** v: [N, H, W, 3] in 0..255, as float32 -> what the network expects. */
function normalizePixels(
  v: tf.Tensor4D,
  { scale, mean, std }: Preprocess,
  normalize: 'checkpoint' | 'none',
): tf.Tensor4D {
  if (normalize === 'none') return tf.mul(v, tf.scalar(1 / 255))
  const factors = std.map((deviation) => scale / deviation)
  const offsets = mean.map((average, c) => average / std[c])
  return tf.sub(tf.mul(v, tf.tensor1d(factors)), tf.tensor1d(offsets))
}
