import { expect, test } from 'vitest'
import { loadSpec } from '../../runner/spec/load.ts'
import { KINDS } from './kinds.ts'
import { EXAMPLE, faultsOf, helpOf, set, specOf, withFiles } from './rig.ts'

const settingsOf = async (stage: string, ...texts: string[]) =>
  (await specOf(EXAMPLE, set(...texts))).stages.find(({ name }) => name === stage)!.settings

test('values replace from left to right, as an edit would', async () => {
  expect(await settingsOf('sample', 'sample.grid=128', 'sample.grid=64')).toEqual({ grid: 64, per_image: 20 })
  expect(await settingsOf('sample', 'params.grid=32')).toEqual({ grid: 32, per_image: 20 })
  const edited = await specOf(EXAMPLE.replace('grid: 170', 'grid: 32'))
  expect((await specOf(EXAMPLE, set('params.grid=32'))).digest).toBe(edited.digest)
})

test('maps and inner settings can be set, and a stage may change its kind', async () => {
  expect(await settingsOf('score', 'score.border={ px: 4 }')).toEqual({ top_k: 20, border: { px: 4 } })
  expect(await settingsOf('score', 'score.border.cells=3')).toEqual({ top_k: 20, border: { cells: 3 } })
  expect((await specOf(EXAMPLE, set('seed=3', 'protocol=thesis'))).seed).toBe(3)
  const spec = await specOf(
    EXAMPLE,
    set('stages.train.uses=train/pca', 'stages.train.with={}', 'stages.train.needs=[pca]'),
  )
  expect(spec.stages.find(({ name }) => name === 'train')?.kind.kind).toBe('train/pca')
})

test('a removed key takes its default again', async () => {
  expect(await settingsOf('split', '~split.held_out', '~split.group_by')).toEqual({ held_out: 0.2 })
})

test('plain text and files are taken as they are', async () => {
  await withFiles({ 'dir.txt': 'a: b' }, async (folder) => {
    const overrides = [
      { option: '--set-string', text: 'split.group_by=1e3' },
      { option: '--set-file', text: 'params.data=dir.txt' },
    ] as const
    const loaded = await loadSpec({ text: EXAMPLE, cwd: folder, root: '/project', overrides, kinds: KINDS })
    if (!loaded.ok) expect.fail('valid')
    expect(loaded.spec.stages[1].settings.group_by).toBe('1e3')
    expect(loaded.spec.stages[0].settings.dir).toBe(`${folder}/a: b`)
    expect(loaded.spec.overrides).toEqual(['split.group_by=1e3', 'params.data=dir.txt'])
  })
})

test('paths of the command line start at the working folder, those of the spec stay as written', async () => {
  expect((await settingsOf('acquire')).dir).toBe('data/dataset-b')
  expect((await settingsOf('acquire', 'acquire.dir=mine')).dir).toBe('/work-folder/mine')
  expect((await settingsOf('acquire', 'params.data=../mine')).dir).toBe('/mine')
  const text = EXAMPLE.replace('"${params.data}"', '"${params.data}/parts"')
  const spec = await specOf(text, set('params.data=mine'))
  expect(spec.stages[0].settings.dir).toBe('/work-folder/mine/parts')
  expect((await specOf(EXAMPLE, set('outputs=out'))).outputs).toBe('/work-folder/out')
  expect((await specOf(`${EXAMPLE}outputs: out\n`)).outputs).toBe('/project/out')
})

test.each([
  ['grid', '--set:1:1 E004 no path and value in --set "grid"'],
  ['=3', '--set:1:1 E004 no path and value in --set "=3"'],
  ['sampel.grid=3', '--set:1:1 E004 no stage sampel'],
  ['params.gird=3', '--set:1:8 E004 no parameter gird'],
  ['params=3', '--set:1:1 E004 no path params'],
  ['stages.train.use=3', '--set:1:14 E004 no key of a stage use'],
  ['stages.tarin.uses=3', '--set:1:8 E004 no stage tarin'],
  ['train=3', '--set:1:1 E004 no setting of train is named'],
  ['train..lr=3', '--set:1:1 E004 no setting of train is named'],
  ['train.lr.x=3', '--set:1:1 E004 stages.train.with.lr is no map of settings'],
  ['~sample.gird', '--set:1:2 E004 nothing to remove: sample.gird is not set'],
  ['sample.gird=170', '--set:1:8 E104 unknown key gird in sample.with'],
  ['sample.grid=[', '--set:1:14 E101 flow sequence must end with a ]'],
  ['sample.grid=many', '--set:1:13 E105 sample.grid must be a whole number, found "many"'],
  ['protocol=thesys', '--set:1:10 E106 protocol must be standard or thesis, found "thesys"'],
])('--set %s is told at the argument', async (text, expected) => {
  expect(await faultsOf(EXAMPLE, set(text))).toEqual([expected])
})

test('each argument is a line of its own', async () => {
  expect(await faultsOf(EXAMPLE, set('seed=1', 'sample.gird=1'))).toEqual([
    '--set:2:8 E104 unknown key gird in sample.with',
  ])
  expect(await helpOf(EXAMPLE, set('sample.gird=170'))).toEqual(['did you mean grid? Known keys: grid, per_image'])
})

test('a file that cannot be read is told', async () => {
  const faults = await faultsOf(EXAMPLE, [{ option: '--set-file', text: 'params.data=gone.txt' }])
  expect(faults).toEqual(['--set-file:1:13 E403 cannot read gone.txt: there is no such file'])
})
