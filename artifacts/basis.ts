import { brokenContract, requireCount, requireFinite, requireShape } from './contract.ts'
import type { CellsHeader } from './cells.ts'
import { decodeText, encodeText } from './metadata.ts'
import { readTensors, tensorOf, writeTensors } from './safetensors.ts'

/** Principal components of cells x: z = (x - mean) / scale, then the `latent` leading components of z. */
export interface Basis {
  readonly header: BasisHeader
  /** [C]. */
  readonly mean: Float64Array
  /** [C]; standard deviations where channels were standardised, ones otherwise. */
  readonly scale: Float64Array
  /** [latent, C], rows of unit length by descending eigenvalue. */
  readonly components: Float64Array
  /** [C], descending. */
  readonly eigenvalues: Float64Array
}

export interface BasisHeader {
  readonly cells: CellsHeader
  readonly standardize: boolean
  /** Share of the variance that was asked for; `latent` is the smallest number of components that reaches it. */
  readonly variance: number
  readonly latent: number
}

export function encodeBasis({ header, mean, scale, components, eigenvalues }: Basis): Uint8Array {
  const channels = mean.length
  const tensors = new Map([
    ['mean', { dtype: 'F64' as const, shape: [channels], data: mean }],
    ['scale', { dtype: 'F64' as const, shape: [channels], data: scale }],
    ['components', { dtype: 'F64' as const, shape: [header.latent, channels], data: components }],
    ['eigenvalues', { dtype: 'F64' as const, shape: [channels], data: eigenvalues }],
  ])
  return writeTensors({ tensors, metadata: { artifact: 'basis', header: encodeText(header) } })
}

export function decodeBasis(bytes: Uint8Array): Basis {
  const file = readTensors(bytes)
  const of = (name: string): Float64Array => tensorOf(file, name, 'F64').data
  return {
    header: decodeText(file.metadata.header) as BasisHeader,
    mean: of('mean'),
    scale: of('scale'),
    components: of('components'),
    eigenvalues: of('eigenvalues'),
  }
}

/** Throws E604 unless the basis is finite, of the channels of its cells, with positive scales and falling eigenvalues. */
export function checkBasis(bytes: Uint8Array): void {
  const file = readTensors(bytes)
  const { cells, latent } = decodeText(file.metadata.header) as BasisHeader
  requireCount('basis', 'latent', latent)
  const shapes = {
    mean: [cells.channels],
    scale: [cells.channels],
    components: [latent, cells.channels],
    eigenvalues: [cells.channels],
  }
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = tensorOf(file, name, 'F64')
    requireShape('basis', name, tensor, shape)
    requireFinite('basis', name, tensor)
  }
  if (tensorOf(file, 'scale', 'F64').data.some((scale) => scale <= 0))
    throw brokenContract('basis', 'a scale is not positive')
  const eigenvalues = tensorOf(file, 'eigenvalues', 'F64').data
  if (eigenvalues.some((value, i) => i > 0 && value > eigenvalues[i - 1]))
    throw brokenContract('basis', 'eigenvalues rise')
}
