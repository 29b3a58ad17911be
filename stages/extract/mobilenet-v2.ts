import { locateObjectron, OBJECTRON_DIGEST } from '../../models/checkpoint/objectron.ts'
import { extractKind } from './extract-kind.ts'

/** MobileNetV2 whose weights install with npm: for trying out, below EfficientNet-B6 in what its features tell. */
export const extractMobileNetV2 = extractKind({
  network: 'mobilenet-v2',
  summary: 'features of MobileNetV2, whose weights install with npm: for trying out and tests',
  paper: 'Sandler et al. 2018, MobileNetV2, arXiv 1801.04381',
  size: 256,
  gmacAt512: 1.1,
  valuesAt512: 0.69e6,
  channels: 216,
  weights: {
    network: 'mobilenet-v2',
    embedded: { digest: OBJECTRON_DIGEST, locate: locateObjectron },
  },
})
