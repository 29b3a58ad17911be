import { brokenContract, requireCount, requireFinite } from './contract.ts'
import type { CellsHeader } from './cells.ts'
import { decodeText, encodeText } from './metadata.ts'
import { readTensors, type Tensor, tensorOf, writeTensors } from './safetensors.ts'

/** A trained model: what it is, the features it expects, and its float32 tensors by name. */
export interface Model {
  readonly header: ModelHeader
  readonly tensors: Readonly<Record<string, ModelTensor>>
}

export interface ModelTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface ModelHeader {
  /** Which function over cells its tensors belong to (`models/detector.ts`). */
  readonly method: 'pca' | 'dfr'
  readonly cells: CellsHeader
  readonly latent: number
}

export function encodeModel({ header, tensors }: Model): Uint8Array {
  const stored = Object.entries(tensors).map(([name, { shape, data }]): [string, Tensor] => [
    name,
    { dtype: 'F32', shape, data },
  ])
  return writeTensors({ tensors: new Map(stored), metadata: { artifact: 'model', header: encodeText(header) } })
}

export function decodeModel(bytes: Uint8Array): Model {
  const file = readTensors(bytes)
  const tensors = [...file.tensors].map(
    ([name, { shape }]) => [name, { shape, data: tensorOf(file, name, 'F32').data }] as const,
  )
  return { header: decodeText(file.metadata.header) as ModelHeader, tensors: Object.fromEntries(tensors) }
}

/** Throws E604 unless every tensor of the model is finite. */
export function checkModel(bytes: Uint8Array): void {
  const file = readTensors(bytes)
  const { latent, cells } = decodeText(file.metadata.header) as ModelHeader
  requireCount('model', 'latent', latent)
  requireCount('model', 'channels', cells.channels)
  if (file.tensors.size === 0) throw brokenContract('model', 'it has no tensor')
  for (const name of file.tensors.keys()) requireFinite('model', name, tensorOf(file, name, 'F32'))
}
