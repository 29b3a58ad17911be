import { brokenContract, requireFinite, requireShape } from './contract.ts'
import type { Digest } from '../base/digest.ts'
import { Failure } from '../base/diagnostic.ts'
import { readTensors, type Tensor, tensorOf, writeTensors } from './safetensors.ts'

/** How features were made, as far as their users need it: a model remembers it, `score` and `export` build on it. */
export interface FeaturesHeader {
  readonly network: string
  readonly family: string
  readonly weights: Digest
  /** Side of the square the image is fitted into, px. */
  readonly size: number
  readonly fit: 'stretch' | 'letterbox'
  readonly filter: 'bilinear' | 'bicubic'
  readonly normalize: 'checkpoint' | 'none'
  readonly padding: string
  readonly taps: readonly TapShape[]
}

/** A tapped map: channels x height x width. */
export interface TapShape {
  readonly name: string
  readonly channels: number
  readonly height: number
  readonly width: number
}

export const channelsOf = ({ taps }: FeaturesHeader): number => taps.reduce((sum, { channels }) => sum + channels, 0)

/** One item's maps in the order of the taps, float16 bits, each channels x height x width. */
export function encodeFeatures(taps: readonly TapShape[], maps: readonly Uint16Array[]): Uint8Array {
  const tensors = taps.map(({ name, channels, height, width }, i): [string, Tensor] => [
    name,
    { dtype: 'F16', shape: [channels, height, width], data: maps[i] },
  ])
  return writeTensors({ tensors: new Map(tensors), metadata: { artifact: 'features' } })
}

/** Reads an item's maps and checks their shapes against the header; E604 where they differ. */
export function decodeFeatures(bytes: Uint8Array, taps: readonly TapShape[]): Uint16Array[] {
  const file = readTensors(bytes)
  return taps.map(({ name, channels, height, width }) => {
    const { shape, data } = tensorOf(file, name, 'F16')
    if (shape.join() !== [channels, height, width].join())
      throw new Failure(
        'E604',
        `map ${name} has shape [${shape.join(', ')}], expected [${channels}, ${height}, ${width}]`,
      )
    return data
  })
}

/** Throws E604 unless the maps are those of the header's taps, and finite. */
export function checkFeatures(bytes: Uint8Array, { taps }: FeaturesHeader): void {
  const file = readTensors(bytes)
  if (file.tensors.size !== taps.length)
    throw brokenContract('features', `${file.tensors.size} maps, expected ${taps.length}`)
  for (const { name, channels, height, width } of taps) {
    const map = tensorOf(file, name, 'F16')
    requireShape('features', `map ${name}`, map, [channels, height, width])
    requireFinite('features', `map ${name}`, map)
  }
}
