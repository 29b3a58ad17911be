import { brokenContract, requireCount, requireFinite } from './contract.ts'
import type { CellsHeader } from './cells.ts'
import { decodeText, encodeText } from './metadata.ts'
import { readTensors, type Tensor, tensorOf, writeTensors } from './safetensors.ts'

/** A trained model: what it is, the features or images it expects, and its float32 tensors by name. */
export type Model = CellModel | ImageModel

export interface CellModel extends ModelTensors {
  readonly header: CellModelHeader
}

export interface ImageModel extends ModelTensors {
  readonly header: ImageModelHeader
}

interface ModelTensors {
  readonly tensors: Readonly<Record<string, ModelTensor>>
}

export interface ModelTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export type ModelHeader = CellModelHeader | ImageModelHeader

/** A model that rates cells of features. */
export interface CellModelHeader {
  /** Which function over cells its tensors belong to (`models/detector.ts`). */
  readonly method: 'pca' | 'dfr' | 'dfr-attention'
  readonly cells: CellsHeader
  readonly latent: number
}

/** A model that rates pixels of images. */
export interface ImageModelHeader {
  readonly method: 'autoencoder'
  readonly decoder: 'notebook' | 'script' | 'plain'
  readonly images: WorkingImages
}

/** How images are fitted into the square that a model sees. */
export interface WorkingImages {
  /** Side, px. */
  readonly size: number
  readonly fit: 'stretch' | 'letterbox'
  readonly filter: 'bilinear' | 'bicubic'
}

export const isImageModel = (model: Model): model is ImageModel => 'images' in model.header

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
  return { header: decodeText(file.metadata.header), tensors: Object.fromEntries(tensors) } as Model
}

/** Throws E604 unless every tensor of the model is finite. */
export function checkModel(bytes: Uint8Array): void {
  const file = readTensors(bytes)
  const header = decodeText(file.metadata.header) as ModelHeader
  if ('images' in header) requireCount('model', 'size', header.images.size)
  else {
    requireCount('model', 'latent', header.latent)
    requireCount('model', 'channels', header.cells.channels)
  }
  if (file.tensors.size === 0) throw brokenContract('model', 'it has no tensor')
  for (const name of file.tensors.keys()) requireFinite('model', name, tensorOf(file, name, 'F32'))
}
