import { CATALOGUE } from '../../models/checkpoint/catalogue.ts'
import { extractKind } from './extract-kind.ts'

/** Name, multiply-accumulates (10^9) to stage 6 at 512 px, values in maps 1..6 at 512 px (10^6), their channels; Tan, Le 2019, table 1, counted. */
const NETWORKS: readonly (readonly [name: string, gmac: number, values: number, channels: number])[] = [
  ['efficientnet-b0', 1.75, 1.85, 464],
  ['efficientnet-b1', 2.39, 1.85, 464],
  ['efficientnet-b2', 2.74, 1.9, 504],
  ['efficientnet-b3', 4.18, 2.53, 568],
  ['efficientnet-b4', 6.7, 2.67, 656],
  ['efficientnet-b5', 10.0, 2.9, 736],
  ['efficientnet-b6', 14.62, 3.49, 832],
  ['efficientnet-b7', 22.11, 3.7, 928],
  ['efficientnet-lite0', 1.75, 0.8, 464],
  ['efficientnet-lite1', 2.4, 0.8, 464],
  ['efficientnet-lite2', 2.75, 0.85, 504],
  ['efficientnet-lite3', 4.1, 0.96, 568],
  ['efficientnet-lite4', 6.58, 1.03, 656],
]

/** EfficientNet B0 to B7 and Lite0 to Lite4 from checkpoints that a user names with `pipeline weights add`. */
export const EXTRACT_EFFICIENTNETS = NETWORKS.map(([network, gmacAt512, millions, channels]) => {
  const published = CATALOGUE.find(({ name }) => name === network)
  return extractKind({
    network,
    summary: `features of ${network} from a checkpoint added with "pipeline weights add"`,
    paper: 'Tan, Le 2019, EfficientNet, arXiv 1905.11946',
    size: 512,
    gmacAt512,
    valuesAt512: millions * 1e6,
    channels,
    weights: { network, ...(published && { published: `get ${published.file} (${published.publishedAs})` }) },
  })
})
