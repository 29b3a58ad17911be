import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { CATALOGUE, findPublished } from '../../models/checkpoint/catalogue.ts'
import { type NameScheme, tensorShapes } from '../../models/checkpoint/efficientnet-names.ts'
import { familySettings } from '../../models/checkpoint/family.ts'
import { type Family, onlyFamily, recogniseCheckpoint } from '../../models/checkpoint/recognise.ts'
import type { Weights } from '../../models/checkpoint/tensors.ts'
import { EFFICIENTNET_NAMES, type EfficientNetName, networkStructure } from '../../models/efficientnet-structure.ts'
import { type BackboneName, loadBackbone } from '../../models/backbone.ts'
import { closedFormulaCheckpoint } from '../../bench/closed-formula-checkpoint.ts'

const EMPTY = new Float32Array()
const shaped = (entries: Iterable<readonly [string, readonly number[]]>): Weights =>
  new Map([...entries].map(([name, shape]) => [name, { shape, data: EMPTY }]))
const named = (...names: string[]): Weights => shaped(names.map((name) => [name, [1]] as const))
const checkpoint = (network: EfficientNetName, scheme: NameScheme): Weights =>
  shaped(tensorShapes(networkStructure(network), scheme))

const verdict = (weights: Weights, known: { family?: Family } = {}): string => {
  const result = recogniseCheckpoint(weights, known)
  const family = result.ok ? onlyFamily(result.value) : result
  if (!result.ok || !family.ok)
    return `${(family as { error: Diagnostic }).error.code} ${(family as { error: Diagnostic }).error.message}`
  return `${result.value.network}, ${family.value}`
}

describe.each(EFFICIENTNET_NAMES)('%s is known', (network) => {
  const lite = network.includes('lite')
  test('by the names of every publisher', () => {
    expect(verdict(checkpoint(network, 'torchvision'))).toBe(`${network}, torchvision`)
    expect(verdict(checkpoint(network, 'lukemelas'))).toBe(`${network}, ${lite ? 'lite-pytorch' : 'lukemelas'}`)
    expect(verdict(checkpoint(network, 'timm'), { family: 'timm-tf' })).toBe(`${network}, timm-tf`)
  })
  test('without head, classifier and counters', () => {
    const trunk = [...checkpoint(network, 'torchvision')].filter(
      ([name]) => !/^(features\.8|classifier)|tracked$/.test(name),
    )
    expect(verdict(new Map(trunk))).toBe(`${network}, torchvision`)
  })
})

describe('timm', () => {
  test('has plain and tf_ weights under the same names, so the publisher must be known', () => {
    const weights = checkpoint('efficientnet-b0', 'timm')
    expect(verdict(weights, { family: 'timm' })).toBe('efficientnet-b0, timm')
    expect(verdict(weights)).toBe(
      'E303 checkpoint of another network: this is efficientnet-b0 of timm, with or without tf_: both have these names, and need other settings',
    )
  })
  test('has B6 with tf_ alone', () => {
    expect(verdict(checkpoint('efficientnet-b6', 'timm'))).toBe('efficientnet-b6, timm-tf')
  })
})

describe('another network is E303 that says what it looks like', () => {
  test.each<[string, Weights]>([
    [
      'a ResNet with bottleneck blocks (ResNet-50 and up)',
      named('conv1.weight', 'layer1.0.conv2.weight', 'layer1.0.conv3.weight'),
    ],
    ['a ResNet with basic blocks (ResNet-18 or -34)', named('conv1.weight', 'layer1.0.conv2.weight')],
    ['a DenseNet', named('features.conv0.weight', 'features.denseblock1.denselayer1.norm1.weight')],
    ["torchvision's MobileNetV2", named('features.0.0.weight', 'features.1.conv.0.0.weight')],
    ['a VGG or AlexNet', named('features.0.weight', 'classifier.6.weight')],
    ['a vision transformer', named('cls_token', 'blocks.0.attn.qkv.weight')],
    [
      "RangiLyu's EfficientNet-Lite, whose settings are not published",
      named('stem.0.weight', 'blocks.0.0._bn1.weight'),
    ],
    ['no network known here, its first tensor is "encoder.weight"', named('encoder.weight')],
  ])('%s', (words, weights) => {
    expect(verdict(weights)).toBe(`E303 checkpoint of another network: this looks like ${words}`)
  })

  test('one tensor is missing', () => {
    const weights = new Map(checkpoint('efficientnet-b6', 'torchvision'))
    weights.delete('features.3.2.block.1.0.weight')
    expect(verdict(weights)).toBe(
      'E303 checkpoint of another network: this looks like efficientnet-b6 of torchvision, but features.3.2.block.1.0.weight is missing',
    )
  })
  test('one tensor has another shape', () => {
    const weights = new Map(checkpoint('efficientnet-b0', 'torchvision'))
    weights.set('features.0.0.weight', { shape: [32, 1, 3, 3], data: EMPTY })
    expect(verdict(weights)).toBe(
      'E303 checkpoint of another network: this looks like efficientnet-b0 of torchvision, but features.0.0.weight has shape 32x1x3x3 where 32x3x3x3 belongs',
    )
  })
})

test('settings follow the family', () => {
  const settings = (network: EfficientNetName, family: Family, advProp = false): unknown => {
    const { bnEpsilon, padding, preprocess } = familySettings(network, family, advProp)
    return [bnEpsilon, padding, preprocess.mean[0], preprocess.filter]
  }
  expect(settings('efficientnet-b4', 'torchvision')).toEqual([1e-5, 'symmetric', 0.485, 'bicubic'])
  expect(settings('efficientnet-b6', 'torchvision')).toEqual([1e-3, 'symmetric', 0.485, 'bicubic'])
  expect(settings('efficientnet-b6', 'lukemelas')).toEqual([1e-3, 'same-frozen', 0.485, 'bicubic'])
  expect(settings('efficientnet-b6', 'lukemelas', true)).toEqual([1e-3, 'same-frozen', 1, 'bicubic'])
  expect(settings('efficientnet-b0', 'timm')).toEqual([1e-5, 'symmetric', 0.485, 'bicubic'])
  expect(settings('efficientnet-lite3', 'timm-tf')).toEqual([1e-3, 'same', 1, 'bilinear'])
  expect(settings('efficientnet-lite0', 'lite-pytorch')).toEqual([1e-3, 'same', 127, 'bicubic'])
})

describe('the catalogue', () => {
  test('has each file once, under a digest that its name carries', () => {
    expect(new Set(CATALOGUE.map(({ file }) => file)).size).toBe(CATALOGUE.length)
    for (const { file, sha256 } of CATALOGUE) expect(file).toContain(sha256.slice(0, 8))
  })
  test('finds a file by its digest', () => {
    expect(findPublished('24a108a596a00ad522bdfb9a2d98a9bd31819dfd7e37dd96bad6bb5bc00d6015')).toMatchObject({
      name: 'efficientnet-b6',
      family: 'torchvision',
      file: 'efficientnet_b6_lukemelas-24a108a5.pth',
      licence: 'BSD-3-Clause',
    })
    expect(findPublished('4ffb161f'.padEnd(64, '0'))).toMatchObject({ family: 'timm-tf', advProp: true })
    expect(findPublished('0'.repeat(64))).toBeUndefined()
  })
})

describe('loading a backbone', () => {
  const failure = (name: BackboneName, file: Uint8Array, family?: Family): unknown => {
    try {
      loadBackbone(name, file, { family })
    } catch (error) {
      return (error as { diagnostic: unknown }).diagnostic
    }
    return undefined
  }
  test('from the file of another size is E303', () => {
    expect(failure('efficientnet-b6', closedFormulaCheckpoint('efficientnet-b0'))).toMatchObject({
      code: 'E303',
      message: 'checkpoint of another network: this is efficientnet-b0, not efficientnet-b6',
    })
  })
  test('of another publisher than the spec says is E303', () => {
    expect(failure('efficientnet-b0', closedFormulaCheckpoint('efficientnet-b0'), 'timm')).toMatchObject({
      code: 'E303',
      message: 'checkpoint of another publisher: these weights are of torchvision, not of timm',
    })
  })
  test('from something else is E304', () => {
    expect(failure('efficientnet-b6', new Uint8Array(100))).toMatchObject({ code: 'E304' })
  })
})
