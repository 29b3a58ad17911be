import { expect, test } from 'vitest'
import { loadSpec } from '../../runner/spec/load.ts'
import { faultLines, withFiles } from './rig.ts'
import { KINDS } from './kinds.ts'

const load = (files: Record<string, string>, path = 'a.yaml') =>
  withFiles(files, (folder) => loadSpec({ path: `${folder}/${path}`, cwd: folder, root: folder, kinds: KINDS }))

const BASE = `version: 1
name: base
params: { dir: data, more: [1, 2] }
stages:
  acquire: { uses: acquire/folder, with: { dir: "\${params.dir}", where: { zoom: [1, 2] } } }
  split: { uses: split/by-part, needs: [acquire], with: { held_out: 0.3 } }
`

test('maps merge, lists and scalars replace', async () => {
  const loaded = await load({
    'base.yaml': BASE,
    'a.yaml': 'version: 1\nextends: base.yaml\nname: a\nstages:\n  acquire: { with: { where: { zoom: [5] } } }\n',
  })
  if (!loaded.ok) expect.fail(faultLines(loaded).join('\n'))
  expect(loaded.spec.name).toBe('a')
  expect(loaded.spec.stages.map(({ settings }) => settings)).toEqual([
    { dir: 'data', where: { zoom: [5] }, masks: { dir: 'masks', invert: false } },
    { held_out: 0.3 },
  ])
})

test('a stage of another kind does not inherit settings', async () => {
  const loaded = await load({
    'base.yaml': BASE,
    'a.yaml': 'version: 1\nextends: base.yaml\nstages:\n  split: { uses: augment/photometric }\n',
  })
  if (!loaded.ok) expect.fail(faultLines(loaded).join('\n'))
  expect(loaded.spec.stages[1].settings).toEqual({ copies: 3 })
})

test('a stage that repeats its kind keeps its settings', async () => {
  const loaded = await load({
    'base.yaml': BASE,
    'a.yaml': 'version: 1\nextends: base.yaml\nstages:\n  split: { uses: split/by-part, with: { group_by: time } }\n',
  })
  if (!loaded.ok) expect.fail(faultLines(loaded).join('\n'))
  expect(loaded.spec.stages[1].settings).toEqual({ held_out: 0.3, group_by: 'time' })
})

test('faults are told in the file that has them', async () => {
  const loaded = await load({
    'base/b.yaml': BASE.replace('held_out: 0.3', 'held: 0.3'),
    'a.yaml': 'version: 1\nextends: base/b.yaml\nstages:\n  acquire: { with: { dir: 3 } }\n',
  })
  expect(faultLines(loaded)).toEqual([
    'a.yaml:4:27 E105 acquire.dir must be a path, found 3',
    'base/b.yaml:6:59 E104 unknown key held in split.with',
  ])
})

test('a circle names its files, each extends with its place', async () => {
  const loaded = await load({
    'a.yaml': 'version: 1\nextends: b.yaml\n',
    'b.yaml': 'version: 1\nextends: sub/c.yaml\n',
    'sub/c.yaml': 'version: 1\nextends: ../a.yaml\n',
  })
  expect(faultLines(loaded)).toEqual([
    'sub/c.yaml:2:10 E108 extends in a circle: a.yaml extends b.yaml extends sub/c.yaml extends a.yaml',
  ])
  if (!loaded.ok) expect(loaded.diagnostics[0].related?.map(({ at }) => at.file)).toEqual(['a.yaml', 'b.yaml'])
})

test('what cannot be extended is told where it is asked for', async () => {
  const top = 'version: 1\nextends: '
  expect(faultLines(await load({ 'a.yaml': `${top}gone.yaml\n` }))).toEqual([
    'a.yaml:2:10 E002 cannot read gone.yaml: there is no such file',
  ])
  expect(faultLines(await load({ 'a.yaml': `${top}.\n` }))).toEqual([
    expect.stringMatching(/^a\.yaml:2:10 E403 cannot read .*: it is a folder$/),
  ])
  expect(faultLines(await load({ 'a.yaml': `${top}[b]\n` }))).toEqual([
    'a.yaml:2:10 E105 extends must be the path of a spec',
  ])
})

test('another version is told in whichever file has it', async () => {
  const loaded = await load({
    'base.yaml': BASE.replace('version: 1', 'version: 2'),
    'a.yaml': 'version: 1\nextends: base.yaml\n',
  })
  expect(faultLines(loaded)).toEqual(['base.yaml:1:10 E107 this flawline reads specs of version 1, found 2'])
})
