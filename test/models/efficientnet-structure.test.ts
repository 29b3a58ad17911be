import { describe, expect, test } from 'vitest'
import { blockNames, tensorShapes } from '../../models/checkpoint/efficientnet-names.ts'
import { elementCount } from '../../models/checkpoint/tensors.ts'
import { paddingOf } from '../../models/convolution.ts'
import { type EfficientNetName, networkStructure, stageTap } from '../../models/efficientnet-structure.ts'

/** Counted by torchvision (B0 to B7) and from published files (Lite0 to Lite2); Lite3 and Lite4 computed. */
const COUNTS: readonly (readonly [EfficientNetName, string, string, number, number, number, number, number])[] = [
  ['efficientnet-b0', '16 24 40 80 112 192 320', '1 2 2 3 3 4 1', 32, 1280, 5_288_548, 2_878_156, 360],
  ['efficientnet-b1', '16 24 40 80 112 192 320', '2 3 3 4 4 5 2', 32, 1280, 7_794_184, 3_820_192, 508],
  ['efficientnet-b2', '16 24 48 88 120 208 352', '2 3 3 4 4 5 2', 32, 1408, 9_109_994, 4_466_742, 508],
  ['efficientnet-b3', '24 32 48 96 136 232 384', '2 3 3 5 5 6 2', 40, 1536, 12_233_232, 6_819_118, 574],
  ['efficientnet-b4', '24 32 56 112 160 272 448', '2 4 4 6 6 8 2', 48, 1792, 19_341_616, 12_272_212, 706],
  ['efficientnet-b5', '24 40 64 128 176 304 512', '3 5 5 7 7 9 3', 48, 2048, 30_389_784, 17_543_204, 854],
  ['efficientnet-b6', '32 40 72 144 200 344 576', '3 6 6 8 8 11 3', 56, 2304, 43_040_704, 27_067_330, 986],
  ['efficientnet-b7', '32 48 80 160 224 384 640', '4 7 7 10 10 13 4', 64, 2560, 66_347_960, 40_710_544, 1200],
  ['efficientnet-lite0', '16 24 40 80 112 192 320', '1 2 2 3 3 4 1', 32, 1280, 4_652_008, 2_353_408, 296],
  ['efficientnet-lite1', '16 24 40 80 112 192 320', '1 3 3 4 4 5 1', 32, 1280, 5_416_680, 3_118_080, 386],
  ['efficientnet-lite2', '16 24 48 88 120 208 352', '1 3 3 4 4 5 1', 32, 1280, 6_092_072, 3_642_144, 386],
  ['efficientnet-lite3', '24 32 48 96 136 232 384', '1 3 3 5 5 6 1', 32, 1280, 8_197_096, 5_545_680, 440],
  ['efficientnet-lite4', '24 32 56 112 160 272 448', '1 4 4 6 6 8 1', 32, 1280, 13_006_568, 9_952_416, 548],
]

const STATISTIC = /\.(running_mean|running_var|num_batches_tracked)$/

describe.each(COUNTS)('%s', (name, widths, repeats, stem, head, parameters, toStage6, tensors) => {
  const network = networkStructure(name)
  const shapes = [...tensorShapes(network, 'torchvision')]
  const count = (wanted: (name: string) => boolean): number =>
    shapes.reduce((sum, [name, shape]) => (wanted(name) && !STATISTIC.test(name) ? sum + elementCount(shape) : sum), 0)

  test('has the published widths and repeats', () => {
    const stages = [1, 2, 3, 4, 5, 6, 7]
    expect(stages.map((stage) => stageTap(network, stage).channels).join(' ')).toBe(widths)
    expect(stages.map((s) => network.blocks.filter(({ stage }) => stage === s).length).join(' ')).toBe(repeats)
    expect([network.stem, network.head]).toEqual([stem, head])
    expect(stages.map((stage) => stageTap(network, stage).stride)).toEqual([2, 4, 8, 16, 16, 32, 32])
  })
  test('has the published numbers of parameters and tensors', () => {
    expect(count(() => true)).toBe(parameters)
    expect(count((tensor) => /^features\.[0-6]\./.test(tensor))).toBe(toStage6)
    expect(shapes.length).toBe(tensors)
    for (const scheme of ['timm', 'lukemelas'] as const) {
      const names = new Set([...tensorShapes(network, scheme)].map(([tensor]) => tensor))
      expect(names.size).toBe(tensors)
    }
  })
})

test('names of a first-stage and a later block by publisher', () => {
  const { blocks } = networkStructure('efficientnet-b6')
  const later = blocks[3] // first of stage 2
  expect(blockNames('torchvision', blocks[1])).toEqual({
    depthwise: { convolution: 'features.1.1.block.0.0', norm: 'features.1.1.block.0.1' },
    squeeze: { reduce: 'features.1.1.block.1.fc1', expand: 'features.1.1.block.1.fc2' },
    project: { convolution: 'features.1.1.block.2.0', norm: 'features.1.1.block.2.1' },
  })
  expect(blockNames('timm', blocks[1])).toEqual({
    depthwise: { convolution: 'blocks.0.1.conv_dw', norm: 'blocks.0.1.bn1' },
    squeeze: { reduce: 'blocks.0.1.se.conv_reduce', expand: 'blocks.0.1.se.conv_expand' },
    project: { convolution: 'blocks.0.1.conv_pw', norm: 'blocks.0.1.bn2' },
  })
  expect(blockNames('timm', later)).toEqual({
    expand: { convolution: 'blocks.1.0.conv_pw', norm: 'blocks.1.0.bn1' },
    depthwise: { convolution: 'blocks.1.0.conv_dw', norm: 'blocks.1.0.bn2' },
    squeeze: { reduce: 'blocks.1.0.se.conv_reduce', expand: 'blocks.1.0.se.conv_expand' },
    project: { convolution: 'blocks.1.0.conv_pwl', norm: 'blocks.1.0.bn3' },
  })
  expect(blockNames('lukemelas', later)).toEqual({
    expand: { convolution: '_blocks.3._expand_conv', norm: '_blocks.3._bn0' },
    depthwise: { convolution: '_blocks.3._depthwise_conv', norm: '_blocks.3._bn1' },
    squeeze: { reduce: '_blocks.3._se_reduce', expand: '_blocks.3._se_expand' },
    project: { convolution: '_blocks.3._project_conv', norm: '_blocks.3._bn2' },
  })
})

test.each([
  ['same, kernel 3, even', 'same', 3, 2, 112, 0, [0, 1]],
  ['same, kernel 3, odd', 'same', 3, 2, 75, 0, [1, 1]],
  ['same, kernel 5, even', 'same', 5, 2, 16, 0, [1, 2]],
  ['same, kernel 5, odd', 'same', 5, 2, 33, 0, [2, 2]],
  ['same, stride 1', 'same', 5, 1, 33, 0, [2, 2]],
  ['frozen at 33 where 16 are at hand (B6 at 512)', 'same-frozen', 5, 2, 16, 33, [2, 2]],
  ['symmetric', 'symmetric', 5, 2, 16, 33, [2, 2]],
  ['a single cell is no window', 'same', 1, 1, 7, 0, [0, 0]],
] as const)('padding %s', (_, rule, kernel, stride, size, nativeSize, expected) => {
  expect(paddingOf(rule, { kernel, stride, size, nativeSize })).toEqual(expected)
})
