import { defineEach, type EachKind, type WeightsNeed } from '../stage.ts'
import { extractSettings } from './settings.ts'

export interface NetworkFacts {
  readonly network: string
  readonly summary: string
  readonly paper: string
  /** Default input size, px. */
  readonly size: number
  /** Multiply-accumulates of one image at 512 px up to the default taps, and values in its maps. */
  readonly gmacAt512: number
  readonly valuesAt512: number
  /** Channels of its default taps together. */
  readonly channels: number
  readonly weights: WeightsNeed
}

/** Measured on two cores of an AVX-512 server with images of 256 px: rendering an image, opening the network. */
const GMAC_PER_SECOND = 55
const OVERHEAD_MS = 18
const OPENING_MS = 100
const OPENING_MS_PER_GMAC = 100

/** The stage kind of one frozen network: an image in, the native-resolution maps of its taps out, float16. */
export const extractKind = ({
  network,
  summary,
  paper,
  size,
  gmacAt512,
  valuesAt512,
  channels,
  weights,
}: NetworkFacts): EachKind =>
  defineEach({
    kind: `extract/${network}`,
    version: 1,
    summary,
    paper,
    settings: extractSettings(size),
    ports: { images: { accepts: ['images'] } },
    gives: ['features'],
    over: 'images',
    computes: true,
    weights,
    channels,
    cost: ({ size: side }, { items }) => {
      const scale = (side / 512) ** 2
      return {
        ms:
          OPENING_MS +
          gmacAt512 * OPENING_MS_PER_GMAC +
          items * (OVERHEAD_MS + (1000 * gmacAt512 * scale) / GMAC_PER_SECOND),
        bytes: items * valuesAt512 * scale * 2,
      }
    },
    open: async (inputs, context) => (await import('./extract-task.ts')).openExtraction(network, inputs, context),
  })
