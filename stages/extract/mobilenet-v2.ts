import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { asDigest } from '../../base/digest.ts'
import { extractKind } from './extract-kind.ts'

/** The packed assets of the npm package `@mediapipe/objectron` 0.4.1675468480. */
const FILE = 'objectron_solution_packed_assets.data'
const SHA256 = asDigest('470986ca5df183f41698da6de74b027d838fe289d77b5ab094497d350bee664e')

/** MobileNetV2 whose weights install with npm: for trying out, below EfficientNet-B6 in what its features tell. */
export const extractMobileNetV2 = extractKind({
  network: 'mobilenet-v2',
  summary: 'features of MobileNetV2, whose weights install with npm: for trying out and tests',
  paper: 'Sandler et al. 2018, MobileNetV2, arXiv 1801.04381',
  size: 256,
  gmacAt512: 1.1,
  valuesAt512: 0.95e6,
  weights: {
    network: 'mobilenet-v2',
    embedded: {
      digest: SHA256,
      locate: () => join(dirname(createRequire(import.meta.url).resolve('@mediapipe/objectron/package.json')), FILE),
    },
  },
})
