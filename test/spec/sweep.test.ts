import { expect, test } from 'vitest'
import type { Override } from '../../runner/spec/load.ts'
import { EXAMPLE, helpOf, loadText, marksOf, specOf } from './rig.ts'

const sweep = (...texts: readonly string[]): Override[] => texts.map((text) => ({ option: '--sweep', text }))
const SIMPLE = EXAMPLE.replace(/^matrix:.*\n/m, '')
  .replace('"${matrix.variance}"', '0.9')
  .replace('"${matrix.lr}"', '1e-3')

const labels = async (text: string, ...texts: readonly string[]) => (await specOf(text, sweep(...texts))).labels

test('a setting gets an axis of its own name', async () => {
  const spec = await specOf(SIMPLE, sweep('train.lr=1e-3,3e-3'))
  expect(spec.labels).toEqual(['lr=1e-3', 'lr=3e-3'])
  expect(spec.stages.filter(({ name }) => name === 'train').map(({ settings }) => settings.lr)).toEqual([0.001, 0.003])
  expect(spec.stages.find(({ name }) => name === 'pca')!.address).toBe('pca')
  expect(spec.overrides).toEqual(['train.lr=1e-3,3e-3'])
})

test('two sweeps make the product, a sweep beside a matrix adds to it', async () => {
  expect(await labels(SIMPLE, 'train.lr=1,2', 'pca.variance=0.8,0.9')).toEqual([
    'lr=1,variance=0.8',
    'lr=1,variance=0.9',
    'lr=2,variance=0.8',
    'lr=2,variance=0.9',
  ])
  expect(await labels(EXAMPLE, 'sample.grid=128')).toHaveLength(6)
  expect((await labels(EXAMPLE, 'sample.grid=128,170'))[0]).toBe('variance=0.85,lr=1e-3,grid=128')
})

test('the axis that drives a setting gets other values', async () => {
  expect(await labels(EXAMPLE, 'pca.variance=0.7')).toEqual(['variance=0.7,lr=1e-3', 'variance=0.7,lr=3e-3'])
})

test('what refers to a swept parameter refers to its axis', async () => {
  const spec = await specOf(EXAMPLE, sweep('params.grid=128,170', 'params.backbone=efficientnet-b6'))
  expect(spec.labels).toHaveLength(12)
  expect(spec.stages.filter(({ name }) => name === 'sample').map(({ address }) => address)).toEqual([
    'sample@grid=128,backbone=efficientnet-b6',
    'sample@grid=170,backbone=efficientnet-b6',
  ])
})

test('values are YAML: lists and maps in brackets, texts in quotes', async () => {
  expect(await labels(SIMPLE, 'extract.taps=[1, 2],[3]')).toEqual(["taps='[1,2]'", 'taps=[3]'])
  expect(await labels(SIMPLE, 'acquire.fields="a,{x}",b')).toEqual(["fields='a,{x}'", 'fields=b'])
  expect(await labels(SIMPLE, 'extract.size=[256, 512]')).toEqual(['size=256', 'size=512'])
  expect(await labels(SIMPLE, 'stages.extract.uses=extract/efficientnet-b6')).toEqual(['uses=extract/efficientnet-b6'])
})

test('a path after --sweep starts at the working folder, as after --set', async () => {
  const spec = await specOf(SIMPLE, sweep('acquire.dir=a,/b'))
  expect(spec.stages.filter(({ name }) => name === 'acquire').map(({ settings }) => settings.dir)).toEqual([
    '/work-folder/a',
    '/b',
  ])
})

test.each([
  ['train.lr=1,one', '[lr] E105 train.lr must be a number, found "one"'],
  ['train.lr=1,1.0', '[1.0] E102 axis lr lists 1.0 twice'],
  ['trian.lr=1,2', '[trian] E004 no stage trian'],
  ['seed=1,2', '[seed] E004 seed cannot be swept'],
  ['stages.train.needs=[pca]', '[stages.train.needs] E004 stages.train.needs cannot be swept'],
  ['train.lr', '[train.lr] E004 no path and value in --sweep "train.lr"'],
  ['train.lr=[1,2', '[] E101 flow sequence must end with a ]'],
])('--sweep %s is told', async (text, expected) => {
  expect(await marksOf(SIMPLE, sweep(text))).toEqual([expected])
})

test('an axis of the same name that drives something else is told', async () => {
  const twice = EXAMPLE.replace('uses: pca/streaming', 'uses: "pca/streaming"')
  expect(await marksOf(twice.replace('"${matrix.lr}"', '1'), sweep('train.lr=1,2'))).toContain(
    '[lr] E102 there is an axis lr already, which does not drive train.lr',
  )
  expect(await marksOf(SIMPLE.replace('params: { ', 'params: { idle: 1, '), sweep('params.idle=1,2'))).toEqual([
    '[params.idle] E004 no stage refers to params.idle',
  ])
})

test('a missing value comes with an example', async () => {
  expect(await helpOf(SIMPLE, sweep('train.lr'))).toEqual([
    'write --sweep PATH=V1,V2, such as --sweep sample.grid=128,170',
  ])
  const loaded = await loadText(SIMPLE, [{ option: '--set', text: 'seed=3' }, ...sweep('train.lr=1,2')])
  expect(loaded.ok && [loaded.spec.seed, loaded.spec.variants.length]).toEqual([3, 2])
})
