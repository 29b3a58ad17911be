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
  readonly weights: WeightsNeed
}

/** Measured on two cores of an AVX-512 server; only used until a run has recorded its own cost. */
const GMAC_PER_SECOND = 55
const OVERHEAD_MS = 6

/** The stage kind of one frozen network: an image in, the native-resolution maps of its taps out, float16. */
export const extractKind = ({
  network,
  summary,
  paper,
  size,
  gmacAt512,
  valuesAt512,
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
    cost: ({ size: side }, { items }) => {
      const scale = (side / 512) ** 2
      return {
        ms: items * (OVERHEAD_MS + (1000 * gmacAt512 * scale) / GMAC_PER_SECOND),
        bytes: items * valuesAt512 * scale * 2,
      }
    },
    open: async (inputs, context) => (await import('./extract-task.ts')).openExtraction(network, inputs, context),
  })
