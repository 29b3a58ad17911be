import { EFFICIENTNETS, type EfficientNetName } from '../efficientnet-structure.ts'
import type { PaddingRule } from '../convolution.ts'
import type { Family } from './recognise.ts'

/** What a network was trained on: (v * scale - mean) / std per channel (R, G, B) for v in 0..255. */
export interface Preprocess {
  readonly scale: number
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
  /** The filter by which its publisher shrinks images. */
  readonly filter: 'bilinear' | 'bicubic'
}

export interface FamilySettings {
  readonly bnEpsilon: number
  readonly padding: PaddingRule
  readonly preprocess: Preprocess
}

/** RGB/255 with the mean and deviation of ImageNet. */
export const IMAGENET: Preprocess = {
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  filter: 'bicubic',
}
/** RGB/127.5 - 1. */
export const SYMMETRIC_UNIT: Preprocess = { scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1], filter: 'bicubic' }
/** (v - 127)/128, as the original Lite networks. */
const LITE: Preprocess = { scale: 1, mean: [127, 127, 127], std: [128, 128, 128], filter: 'bicubic' }

/** Batch normalisation's epsilon, padding and input of a published EfficientNet. `advProp`: trained with AdvProp (`adv-`, `_ap`). */
export function familySettings(network: EfficientNetName, family: Family, advProp = false): FamilySettings {
  const { lite } = EFFICIENTNETS[network]
  const filter = network === 'efficientnet-lite3' || network === 'efficientnet-lite4' ? 'bilinear' : 'bicubic'
  const input = advProp ? SYMMETRIC_UNIT : IMAGENET
  switch (family) {
    case 'torchvision': {
      const converted = ['efficientnet-b5', 'efficientnet-b6', 'efficientnet-b7'].includes(network)
      return { bnEpsilon: converted ? 1e-3 : 1e-5, padding: 'symmetric', preprocess: IMAGENET }
    }
    case 'timm':
      return { bnEpsilon: 1e-5, padding: 'symmetric', preprocess: input }
    case 'timm-tf':
      return { bnEpsilon: 1e-3, padding: 'same', preprocess: lite ? { ...SYMMETRIC_UNIT, filter } : input }
    case 'lukemelas':
      return { bnEpsilon: 1e-3, padding: 'same-frozen', preprocess: input }
    case 'lite-pytorch':
      return { bnEpsilon: 1e-3, padding: 'same', preprocess: { ...LITE, filter } }
  }
}
