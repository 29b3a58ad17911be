import type { WorkSize } from './stage.ts'

/** FLOP per second that a training step reaches on two cores of an AVX-512 server. */
export const FLOPS = 110e9
/** Forward 2, and twice that for the gradients by weights and by inputs. */
export const FLOP_PER_MAC_TRAINED = 6

/** Channels of EfficientNet-B6, where the network is not known. */
const DEFAULT_CHANNELS = 832

export const channelsOf = ({ channels = DEFAULT_CHANNELS }: WorkSize): number => channels

/** Cells that `sample` draws from each training image. */
export function cellsPerImage({ settingsOf }: WorkSize): number {
  const { per_image: perImage = 500, grid = 32 } = settingsOf('cells') ?? {}
  return perImage === 'all' ? Number(grid) ** 2 : Number(perImage)
}

/**
 * Components that reach a share of the variance: 0.264 of 832 channels for 0.90 and 0.505 of 216 for 0.97 were measured, a
 * power law lies through both.
 */
export function componentsOf(size: WorkSize): number {
  const variance = Number(size.settingsOf('basis')?.variance ?? 0.9)
  return Math.ceil(channelsOf(size) * Math.min(1, 0.264 * (0.1 / (1 - variance + 1e-4)) ** 0.54))
}

/** Multiply-accumulates of a cell through the autoencoder: C -> (C + 2d) / 2 -> 2d -> d and back. */
export function dfrMacs(size: WorkSize, latent: unknown): number {
  const channels = channelsOf(size)
  const d = typeof latent === 'number' ? latent : componentsOf(size)
  const middle = (channels + 2 * d) / 2
  return 2 * (channels * middle + middle * 2 * d + 2 * d * d)
}
