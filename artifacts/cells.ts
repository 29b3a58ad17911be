import { decodeText, encodeText } from './metadata.ts'
import type { FeaturesHeader } from './features.ts'
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
