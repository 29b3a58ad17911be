import { brokenContract, requireCount, requireFinite, requireShape } from './contract.ts'
import { decodeText, encodeText } from './metadata.ts'
import { channelsOf, type FeaturesHeader } from './features.ts'
import { readTensors, tensorOf, writeTensors } from './safetensors.ts'

/** A seeded sample of aggregated feature cells of training images, by image in the order of content. */
export interface Cells {
  readonly header: CellsHeader
  /** Rows x channels, float16 bits. */
  readonly values: Uint16Array
}

export interface CellsHeader {
  readonly features: FeaturesHeader
  /** Cells per axis of the aggregated grid. */
  readonly grid: number
  readonly channels: number
  readonly rows: number
  /** Images the rows come from. */
  readonly images: number
}

export function encodeCells({ header, values }: Cells): Uint8Array {
  const tensors = new Map([['cells', { dtype: 'F16' as const, shape: [header.rows, header.channels], data: values }]])
  return writeTensors({ tensors, metadata: { artifact: 'cells', header: encodeText(header) } })
}

export function decodeCells(bytes: Uint8Array): Cells {
  const file = readTensors(bytes)
  return { header: decodeText(file.metadata.header) as CellsHeader, values: tensorOf(file, 'cells', 'F16').data }
}

/** Throws E604 unless the cells are finite, as many as their header says, the same number for each image. */
export function checkCells(bytes: Uint8Array, images?: number): void {
  const file = readTensors(bytes)
  const header = decodeText(file.metadata.header) as CellsHeader
  const cells = tensorOf(file, 'cells', 'F16')
  for (const name of ['grid', 'channels', 'rows', 'images'] as const) requireCount('cells', name, header[name])
  requireShape('cells', 'cells', cells, [header.rows, header.channels])
  if (header.channels !== channelsOf(header.features))
    throw brokenContract('cells', `${header.channels} channels from features of ${channelsOf(header.features)}`)
  if (images !== undefined && header.images !== images)
    throw brokenContract('cells', `rows of ${header.images} images, where ${images} were read`)
  if (header.rows % header.images !== 0)
    throw brokenContract('cells', `${header.rows} rows do not share out over ${header.images} images`)
  requireFinite('cells', 'cells', cells)
}
