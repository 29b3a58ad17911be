import type { Basis } from '../../artifacts/basis.ts'
import type { ModelTensor } from '../../artifacts/model.ts'
import { Failure } from '../../base/diagnostic.ts'

/** What a detector subtracts from and multiplies a cell by before anything else, [C, 1] each. */
export interface CellScaling {
  readonly mean: ModelTensor
  readonly inverseScale: ModelTensor
}

export function cellScaling({ mean, scale }: Pick<Basis, 'mean' | 'scale'>): CellScaling {
  const shape = [mean.length, 1]
  return {
    mean: { shape, data: Float32Array.from(mean) },
    inverseScale: { shape, data: Float32Array.from(scale, (s) => 1 / s) },
  }
}

/** That of a standardizing basis; else cells stay as they are, the thesis' way. */
export const scalingOf = (basis: Basis | undefined, channels: number): CellScaling =>
  basis?.header.standardize === true
    ? cellScaling(basis)
    : {
        mean: { shape: [channels, 1], data: new Float32Array(channels) },
        inverseScale: { shape: [channels, 1], data: new Float32Array(channels).fill(1) },
      }

/** Width of the code. E106 where the basis shall say it and there is none. */
export function latentOf({ latent }: { readonly latent: number | 'auto' }, basis: Basis | undefined): number {
  if (latent !== 'auto') return latent
  if (basis !== undefined) return basis.header.latent
  throw new Failure('E106', 'train.latent: auto needs a basis', {
    help: ['add a pca stage to needs, or write a number such as latent: 260'],
  })
}
