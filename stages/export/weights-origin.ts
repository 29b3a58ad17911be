import type { Digest } from '../../base/digest.ts'
import { findPublished } from '../../models/checkpoint/catalogue.ts'
import { MOBILENET_V2 } from '../../models/mobilenet-v2.ts'

/** Where the weights of a backbone come from and under which licence; nulls where the file is not a published one. */
export interface WeightsOrigin {
  readonly network: string
  /** SHA-256 of the file they were read from. */
  readonly sha256: Digest
  readonly publishedAs: string | null
  readonly licence: string | null
}

export function weightsOrigin(network: string, sha256: Digest): WeightsOrigin {
  if (network === MOBILENET_V2)
    return {
      network,
      sha256,
      publishedAs: 'npm package @mediapipe/objectron 0.4.1675468480',
      licence: 'Apache-2.0',
    }
  const { publishedAs = null, licence = null } = findPublished(sha256) ?? {}
  return { network, sha256, publishedAs, licence }
}

/** NOTICE of a bundle: its graph holds those weights; those of a model of images were all trained here. */
export const noticeOf = (origin: WeightsOrigin | undefined): string =>
  origin === undefined
    ? 'model.onnx contains no weights but those that were trained on your own images.\n'
    : publishedNotice(origin)

const publishedNotice = ({ network, sha256, publishedAs, licence }: WeightsOrigin): string =>
  `model.onnx contains weights of ${network}, cut after the last layer in use and with batch normalisation folded in.

Origin:   ${publishedAs ?? 'a file that is not among the published ones known here'}
SHA-256:  ${sha256} (of the file they were read from)
Licence:  ${licence ?? 'not known; ask whoever gave you the file before you pass this bundle on'}
`
