import { type BlockStructure, CLASS_COUNT, type NetworkStructure } from '../efficientnet-structure.ts'

/** How publishers name the tensors of one and the same network. */
export type NameScheme = 'torchvision' | 'timm' | 'lukemelas'

/** Prefixes of a convolution and of the batch normalisation behind it. */
export interface ConvolutionNames {
  readonly convolution: string
  readonly norm: string
}

export interface BlockNames {
  /** Only from stage 2 on. */
  readonly expand?: ConvolutionNames
  readonly depthwise: ConvolutionNames
  /** Not in Lite; these two convolutions have a bias and no normalisation. */
  readonly squeeze?: { readonly reduce: string; readonly expand: string }
  readonly project: ConvolutionNames
}

export interface OuterNames {
  readonly stem: ConvolutionNames
  readonly head: ConvolutionNames
  readonly classifier: string
}

export const OUTER_NAMES: Record<NameScheme, OuterNames> = {
  torchvision: {
    stem: { convolution: 'features.0.0', norm: 'features.0.1' },
    head: { convolution: 'features.8.0', norm: 'features.8.1' },
    classifier: 'classifier.1',
  },
  timm: {
    stem: { convolution: 'conv_stem', norm: 'bn1' },
    head: { convolution: 'conv_head', norm: 'bn2' },
    classifier: 'classifier',
  },
  lukemelas: {
    stem: { convolution: '_conv_stem', norm: '_bn0' },
    head: { convolution: '_conv_head', norm: '_bn1' },
    classifier: '_fc',
  },
}

export function blockNames(scheme: NameScheme, block: BlockStructure): BlockNames {
  const expands = block.expanded !== block.input
  const squeezes = block.squeeze > 0
  const under = (prefix: string, convolution: string, norm: string): ConvolutionNames => ({
    convolution: prefix + convolution,
    norm: prefix + norm,
  })
  switch (scheme) {
    case 'torchvision': {
      const prefix = `features.${block.stage}.${block.index}.block.`
      const first = expands ? 1 : 0 // parts are numbered in order, and stage 1 has no expansion
      const project = first + (squeezes ? 2 : 1)
      return {
        ...(expands && { expand: under(prefix, '0.0', '0.1') }),
        depthwise: under(prefix, `${first}.0`, `${first}.1`),
        ...(squeezes && { squeeze: { reduce: `${prefix}${first + 1}.fc1`, expand: `${prefix}${first + 1}.fc2` } }),
        project: under(prefix, `${project}.0`, `${project}.1`),
      }
    }
    case 'timm': {
      const prefix = `blocks.${block.stage - 1}.${block.index}.`
      return {
        ...(expands && { expand: under(prefix, 'conv_pw', 'bn1') }),
        depthwise: under(prefix, 'conv_dw', expands ? 'bn2' : 'bn1'),
        ...(squeezes && { squeeze: { reduce: `${prefix}se.conv_reduce`, expand: `${prefix}se.conv_expand` } }),
        project: under(prefix, expands ? 'conv_pwl' : 'conv_pw', expands ? 'bn3' : 'bn2'),
      }
    }
    case 'lukemelas': {
      const prefix = `_blocks.${block.running}.`
      return {
        ...(expands && { expand: under(prefix, '_expand_conv', '_bn0') }),
        depthwise: under(prefix, '_depthwise_conv', '_bn1'),
        ...(squeezes && { squeeze: { reduce: `${prefix}_se_reduce`, expand: `${prefix}_se_expand` } }),
        project: under(prefix, '_project_conv', '_bn2'),
      }
    }
  }
}

/** Every tensor of a full state_dict with its shape, in the order of the network; convolutions are [out, in, kh, kw]. */
export function* tensorShapes(network: NetworkStructure, scheme: NameScheme): Generator<[string, number[]]> {
  const outer = OUTER_NAMES[scheme]
  yield* convolutionShapes(outer.stem, [network.stem, 3, 3, 3])
  for (const block of network.blocks) {
    const names = blockNames(scheme, block)
    const { input, expanded, output, kernel, squeeze } = block
    if (names.expand) yield* convolutionShapes(names.expand, [expanded, input, 1, 1])
    yield* convolutionShapes(names.depthwise, [expanded, 1, kernel, kernel])
    if (names.squeeze) {
      yield [`${names.squeeze.reduce}.weight`, [squeeze, expanded, 1, 1]]
      yield [`${names.squeeze.reduce}.bias`, [squeeze]]
      yield [`${names.squeeze.expand}.weight`, [expanded, squeeze, 1, 1]]
      yield [`${names.squeeze.expand}.bias`, [expanded]]
    }
    yield* convolutionShapes(names.project, [output, expanded, 1, 1])
  }
  const last = network.blocks[network.blocks.length - 1].output
  yield* convolutionShapes(outer.head, [network.head, last, 1, 1])
  yield [`${outer.classifier}.weight`, [CLASS_COUNT, network.head]]
  yield [`${outer.classifier}.bias`, [CLASS_COUNT]]
}

function* convolutionShapes(names: ConvolutionNames, shape: number[]): Generator<[string, number[]]> {
  yield [`${names.convolution}.weight`, shape]
  for (const part of ['weight', 'bias', 'running_mean', 'running_var']) yield [`${names.norm}.${part}`, [shape[0]]]
  yield [`${names.norm}.num_batches_tracked`, []]
}
