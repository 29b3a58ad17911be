import { decodeBasis } from '../../artifacts/basis.ts'
import { encodeModel } from '../../artifacts/model.ts'
import type { Inputs, RunKind } from '../stage.ts'
import { cellScaling } from './cell-input.ts'

export async function pcaModel(inputs: Inputs): Promise<Awaited<ReturnType<RunKind['run']>>> {
  const basis = decodeBasis(await inputs.whole('basis').read())
  const { latent, cells } = basis.header
  const components = { shape: [latent, cells.channels], data: Float32Array.from(basis.components) }
  return {
    model: encodeModel({ header: { method: 'pca', cells, latent }, tensors: { ...cellScaling(basis), components } }),
  }
}
