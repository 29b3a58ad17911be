import type { Diagnostic } from '../../base/diagnostic.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { EFFICIENTNET_NAMES, type EfficientNetName, networkStructure, STAGE_COUNT } from '../efficientnet-structure.ts'
import { type NameScheme, OUTER_NAMES, tensorShapes } from './efficientnet-names.ts'
import type { Weights } from './tensors.ts'

/**
 * Who publishes the weights. The family decides the epsilon of batch normalisation, the padding and the input range;
 * the values of the tensors do not show it.
 */
export type Family = 'torchvision' | 'timm' | 'timm-tf' | 'lukemelas' | 'lite-pytorch'

export interface Recognised {
  readonly network: EfficientNetName
  readonly scheme: NameScheme
  /** One, or those between which names and shapes do not decide. */
  readonly families: readonly Family[]
}

/**
 * Tells by names and shapes which network a checkpoint holds. `family` says who published it, where that is known from
 * elsewhere (the catalogue knows it by digest): timm names `tf_*` and plain weights alike, so those need it.
 * Another network, or one that is not whole, is E303 saying what the file looks like.
 */
export function recogniseCheckpoint(weights: Weights, known: { family?: Family } = {}): Result<Recognised, Diagnostic> {
  const scheme = nameScheme(weights)
  if (scheme === undefined) return err(otherNetwork(`this looks like ${otherArchitecture(weights)}`))

  const candidates = EFFICIENTNET_NAMES.map((network) => ({ network, ...compare(weights, network, scheme) }))
  const best = candidates.reduce((a, b) => (b.agreeing > a.agreeing ? b : a))
  if (best.fault !== undefined)
    return err(
      otherNetwork(
        best.agreeing < MOSTLY
          ? `this has names of ${scheme}'s EfficientNet, but no size of it fits: ${best.fault}`
          : `this looks like ${best.network} of ${scheme}, but ${best.fault}`,
      ),
    )

  const families = familiesOf(best.network, scheme)
  const told = families.filter((candidate) => candidate === known.family)
  return ok({ network: best.network, scheme, families: told.length > 0 ? told : families })
}

/** The family where there is but one. E303 where names and shapes leave it open. */
export function onlyFamily({ network, families }: Recognised): Result<Family, Diagnostic> {
  if (families.length === 1) return ok(families[0])
  return err(
    otherNetwork(`this is ${network} of timm, with or without tf_: both have these names, and need other settings`, [
      'say which in the extract stage: family: timm, or timm-tf where the name of the file has tf_',
    ]),
  )
}

/** Share of agreeing tensors from which on a file is called by a network's name. */
const MOSTLY = 0.9

function nameScheme(weights: Weights): NameScheme | undefined {
  const schemes = Object.keys(OUTER_NAMES) as NameScheme[]
  // The stem alone is no proof (other networks of torchvision have features.0.0): a block of stage 1 must be there too.
  const depthwise = {
    torchvision: 'features.1.0.block.0.0',
    timm: 'blocks.0.0.conv_dw',
    lukemelas: '_blocks.0._depthwise_conv',
  }
  return schemes.find(
    (scheme) =>
      weights.has(`${OUTER_NAMES[scheme].stem.convolution}.weight`) && weights.has(`${depthwise[scheme]}.weight`),
  )
}

/** Compares stem and stages 1..7; head, classifier and counters may differ or be missing. */
function compare(
  weights: Weights,
  network: EfficientNetName,
  scheme: NameScheme,
): { agreeing: number; fault?: string } {
  const { head, classifier } = OUTER_NAMES[scheme]
  const outside = [head.convolution, head.norm, classifier].map((prefix) => `${prefix}.`)
  const inTrunk = (name: string): boolean =>
    !name.endsWith('.num_batches_tracked') && !outside.some((prefix) => name.startsWith(prefix))

  const expected = new Map([...tensorShapes(networkStructure(network), scheme)].filter(([name]) => inTrunk(name)))
  let agreeing = 0
  let fault: string | undefined
  for (const [name, shape] of expected) {
    const found = weights.get(name)?.shape
    if (found?.join() === shape.join()) agreeing++
    else
      fault ??=
        found === undefined
          ? `${name} is missing`
          : `${name} has shape ${found.join('x')} where ${shape.join('x')} belongs`
  }
  const extra = [...weights.keys()].filter((name) => inTrunk(name) && !expected.has(name))
  if (extra.length > 0) fault ??= `${extra[0]} does not belong`
  const share = agreeing / (expected.size + extra.length)
  return fault === undefined ? { agreeing: share } : { agreeing: share, fault }
}

/** Networks of which timm publishes weights under `tf_*` alone. */
const ONLY_TF: ReadonlySet<EfficientNetName> = new Set([
  'efficientnet-b6',
  'efficientnet-lite1',
  'efficientnet-lite2',
  'efficientnet-lite3',
  'efficientnet-lite4',
])

function familiesOf(network: EfficientNetName, scheme: NameScheme): readonly Family[] {
  const { lite } = networkStructure(network)
  switch (scheme) {
    case 'torchvision':
      return ['torchvision']
    case 'lukemelas':
      return [lite ? 'lite-pytorch' : 'lukemelas']
    case 'timm':
      return ONLY_TF.has(network) ? ['timm-tf'] : ['timm', 'timm-tf']
  }
}

const otherNetwork = (
  what: string,
  help = [`known here: EfficientNet B0 to B7 (stages 1 to ${STAGE_COUNT}) and Lite0 to Lite4`],
): Diagnostic => ({ code: 'E303', severity: 'error', message: `checkpoint of another network: ${what}`, help })

/** Names that give common architectures away; the first that fits names it. */
const GIVEAWAYS: readonly (readonly [RegExp, string])[] = [
  [/^layer1\.0\.conv3\./, 'a ResNet with bottleneck blocks (ResNet-50 and up)'],
  [/^layer1\.0\.conv2\./, 'a ResNet with basic blocks (ResNet-18 or -34)'],
  [/^features\.denseblock1\./, 'a DenseNet'],
  [/^features\.1\.conv\.0\.0\./, "torchvision's MobileNetV2"],
  [/^features\.\d+\.block\.\d\.0\./, "torchvision's MobileNetV3 or ConvNeXt"],
  [/^features\.0\.weight$/, 'a VGG or AlexNet'],
  [/^stem\.0\.weight$/, "RangiLyu's EfficientNet-Lite, whose settings are not published"],
  [/(^|\.)attn\.qkv\.|^encoder\.layers\.encoder_layer_0\./, 'a vision transformer'],
  [/^stages\.0\.blocks\.0\./, "timm's ConvNeXt"],
]

function otherArchitecture(weights: Weights): string {
  const names = [...weights.keys()]
  const found = GIVEAWAYS.find(([pattern]) => names.some((name) => pattern.test(name)))
  return found?.[1] ?? `no network known here, its first tensor is ${JSON.stringify(names[0])}`
}
