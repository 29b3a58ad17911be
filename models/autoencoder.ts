import * as tf from '@tensorflow/tfjs-core'
import type { Tensors } from '../engine/optimizers.ts'
import { attention, attentionLayers } from './attention.ts'
import { type Layer, Layers } from './layers.ts'

/**
 * The baseline autoencoder over images [N, H, W, 3] in 0..1, H and W multiples of 16: four convolutions of stride 2, a
 * bottleneck, four upsampling steps. notebook and script: attention blocks and one skip at a quarter of a half; they
 * differ in the last step. plain: neither.
 */
export type Decoder = 'notebook' | 'script' | 'plain'

/** Channels of the encoder's maps, of the bottleneck, and of the decoder's steps with and without attention. */
export interface Widths {
  readonly encoder: readonly [number, number, number, number]
  readonly bottleneck: number
  readonly attended: readonly [number, number, number, number]
  readonly plain: readonly [number, number, number, number]
}

export const BASELINE_WIDTHS: Widths = {
  encoder: [32, 64, 128, 256],
  bottleneck: 128,
  attended: [128, 64, 32, 16],
  plain: [256, 128, 64, 32],
}

const DROPOUT = 0.2

/** A block: 3x3 convolution, batch norm, ReLU, channel dropout, 3x3 convolution, batch norm, attention, ReLU. */
const blockLayers = (name: string, channels: number): Layer[] => [
  { type: 'conv', name: `${name}.conv1`, inputs: channels, outputs: channels, kernel: 3, bias: false },
  { type: 'norm', name: `${name}.norm1`, channels },
  { type: 'conv', name: `${name}.conv2`, inputs: channels, outputs: channels, kernel: 3, bias: false },
  { type: 'norm', name: `${name}.norm2`, channels },
  ...attentionLayers(name, channels),
]

const halving = (name: string, inputs: number, outputs: number): Layer[] => [
  { type: 'conv', name, inputs, outputs, kernel: 4 },
  { type: 'norm', name: `${name}.norm`, channels: outputs },
]

const doubling = (name: string, inputs: number, outputs: number): Layer[] => [
  { type: 'transposed', name, inputs, outputs, kernel: 4 },
]

const norm = (name: string, channels: number): Layer => ({ type: 'norm', name, channels })

export function autoencoderLayers(decoder: Decoder, widths: Widths = BASELINE_WIDTHS): readonly Layer[] {
  const [e1, e2, e3, e4] = widths.encoder
  const encoder: Layer[] = [
    ...halving('enc1', 3, e1),
    ...halving('enc2', e1, e2),
    ...halving('enc3', e2, e3),
    ...halving('enc4', e3, e4),
    { type: 'conv', name: 'code', inputs: e4, outputs: widths.bottleneck, kernel: 1 },
    norm('code.norm', widths.bottleneck),
  ]
  if (decoder === 'plain') {
    const steps = [widths.bottleneck, ...widths.plain]
    return [
      ...encoder,
      ...widths.plain.flatMap((outputs, i): Layer[] => [
        ...doubling(`dec${i + 1}`, steps[i], outputs),
        norm(`dec${i + 1}.norm`, outputs),
      ]),
      { type: 'conv', name: 'out', inputs: widths.plain[3], outputs: 3, kernel: 3 },
    ]
  }
  const [d1, d2, d3, d4] = widths.attended
  const last: Layer[] =
    decoder === 'script'
      ? doubling('dec4', d3, 3)
      : [
          ...doubling('dec4', d3, d4),
          ...blockLayers('dec4.block', d4),
          norm('dec4.norm', d4),
          { type: 'conv', name: 'out', inputs: d4, outputs: 3, kernel: 3 },
        ]
  return [
    ...encoder,
    ...doubling('dec1', widths.bottleneck, d1),
    ...blockLayers('dec1.block', d1 + e3),
    norm('dec1.norm', d1),
    ...doubling('dec2', d1, d2),
    ...blockLayers('dec2.block', d2),
    norm('dec2.norm', d2),
    ...doubling('dec3', d2, d3),
    ...blockLayers('dec3.block', d3),
    norm('dec3.norm', d3),
    ...last,
  ]
}

/** Names of the attention blocks and their channels: each wants a dropout mask [N, 1, 1, C] while training. */
export function dropoutMasks(decoder: Decoder, widths: Widths = BASELINE_WIDTHS): Readonly<Record<string, number>> {
  if (decoder === 'plain') return {}
  const [d1, d2, d3, d4] = widths.attended
  const masks = { 'dec1.block': d1 + widths.encoder[2], 'dec2.block': d2, 'dec3.block': d3 }
  return decoder === 'script' ? masks : { ...masks, 'dec4.block': d4 }
}

/** Values of a mask: 0 for a dropped channel, else 1 / (1 - p), so that the expected value stays. */
export const drawMask = (length: number, next: () => number): Float32Array =>
  Float32Array.from({ length }, () => (next() < DROPOUT ? 0 : 1 / (1 - DROPOUT)))

export interface AutoencoderInput {
  readonly params: Tensors
  readonly buffers: Tensors
  /** [N, H, W, 3] */
  readonly x: tf.Tensor4D
  /** By block; left out where nothing is dropped, as in use. */
  readonly masks?: Tensors
}

/** The reconstruction [N, H, W, 3] in 0..1, and what becomes of the running statistics. */
export function autoencoderForward(
  decoder: Decoder,
  mode: 'train' | 'infer',
  { params, buffers, x, masks = {} }: AutoencoderInput,
): { y: tf.Tensor4D; buffers: Tensors } {
  const layers = new Layers(params, buffers, mode)
  const halve = (name: string, map: tf.Tensor4D): tf.Tensor4D =>
    tf.relu(layers.norm(`${name}.norm`, layers.conv(name, map, { stride: 2, pad: 1 })))
  const block = (name: string, map: tf.Tensor4D): tf.Tensor4D => {
    const first = tf.relu(layers.norm(`${name}.norm1`, layers.conv(`${name}.conv1`, map, { pad: 1 })))
    const kept = name in masks ? tf.mul<tf.Tensor4D>(first, masks[name]) : first
    const second = layers.norm(`${name}.norm2`, layers.conv(`${name}.conv2`, kept, { pad: 1 }))
    return tf.relu(attention(layers, name, second, 'max, mean'))
  }
  const step = (name: string, map: tf.Tensor4D): tf.Tensor4D =>
    layers.norm(`${name}.norm`, block(`${name}.block`, layers.upsample(name, map)))

  const quarter = halve('enc3', halve('enc2', halve('enc1', x)))
  const code = tf.relu(layers.norm('code.norm', layers.conv('code', halve('enc4', quarter))))
  if (decoder === 'plain') {
    const up = ['dec1', 'dec2', 'dec3', 'dec4'].reduce(
      (map, name) => tf.relu(layers.norm(`${name}.norm`, layers.upsample(name, map))),
      code,
    )
    return { y: tf.sigmoid(layers.conv('out', up, { pad: 1 })), buffers: layers.buffers }
  }
  const joined = block('dec1.block', tf.concat([layers.upsample('dec1', code), quarter], 3))
  const kept = tf.slice(joined, [0, 0, 0, 0], [-1, -1, -1, joined.shape[3] - quarter.shape[3]])
  const eighth = step('dec3', step('dec2', layers.norm('dec1.norm', kept)))
  const last =
    decoder === 'script' ? layers.upsample('dec4', eighth) : layers.conv('out', step('dec4', eighth), { pad: 1 })
  return { y: tf.sigmoid(last), buffers: layers.buffers }
}
