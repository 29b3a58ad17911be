import type { ImageModelHeader } from '../artifacts/model.ts'

export type Decoder = ImageModelHeader['decoder']

/** Multiply-accumulates (10^9) of one image of 512 px through encoder and decoder, counted. */
const GMAC_AT_512: Readonly<Record<Decoder, number>> = { notebook: 11.7, script: 10.0, plain: 9.0 }

/** Multiply-accumulates of an image of `size` px through an image autoencoder. */
export const imageMacs = (decoder: Decoder, size: number): number => GMAC_AT_512[decoder] * 1e9 * (size / 512) ** 2
