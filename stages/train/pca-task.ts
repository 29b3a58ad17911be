import { type Basis, decodeBasis } from '../../artifacts/basis.ts'
import { encodeModel, type ModelTensor } from '../../artifacts/model.ts'
import type { Inputs, RunKind } from '../stage.ts'

export async function pcaModel(inputs: Inputs): Promise<Awaited<ReturnType<RunKind['run']>>> {
  const basis = decodeBasis(await inputs.whole('basis').read())
  const { latent, cells } = basis.header
  const components = { shape: [latent, cells.channels], data: Float32Array.from(basis.components) }
  return {
    model: encodeModel({ header: { method: 'pca', cells, latent }, tensors: { ...cellScaling(basis), components } }),
  }
}

/** What a detector subtracts from and multiplies a cell by before anything else, [C, 1] each. */
export function cellScaling({ mean, scale }: Pick<Basis, 'mean' | 'scale'>): {
  readonly mean: ModelTensor
  readonly inverseScale: ModelTensor
} {
  const shape = [mean.length, 1]
  return {
    mean: { shape, data: Float32Array.from(mean) },
    inverseScale: { shape, data: Float32Array.from(scale, (s) => 1 / s) },
  }
}
