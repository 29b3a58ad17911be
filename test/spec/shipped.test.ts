import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadSpec } from '../../runner/spec/load.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'
import { faultLines, set } from './rig.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const load = (name: string, ...sets: string[]) =>
  loadSpec({ path: `${root}pipelines/${name}.yaml`, cwd: root, root, overrides: set(...sets), kinds: STAGE_KINDS })
const names = readdirSync(`${root}pipelines`)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length))

describe('the specs that ship', () => {
  test('are these', () => {
    expect(names.sort()).toEqual([
      'baseline-a',
      'baseline-b',
      'baseline-plain',
      'dataset-a-128',
      'dataset-a-170',
      'dataset-b-128',
      'dataset-b-170',
      'dfr-attention',
      'folder',
      'quickstart',
      'quickstart-sweep',
    ])
  })

  test.each(names)('%s is valid under both protocols and named like its file', async (name) => {
    for (const protocol of ['standard', 'thesis']) {
      const loaded = await load(name, `protocol=${protocol}`)
      expect(faultLines(loaded)).toEqual([])
      if (loaded.ok) expect([loaded.spec.name, loaded.spec.outputs]).toEqual([name, `${root}outputs/${name}`])
    }
  })

  test('the four of the thesis differ in zooms, grid and width of the code alone', async () => {
    const found = await Promise.all(
      ['dataset-a-128', 'dataset-a-170', 'dataset-b-128', 'dataset-b-170'].map(async (name) => {
        const loaded = await load(name)
        if (!loaded.ok) expect.fail(faultLines(loaded).join('\n'))
        const of = (stage: string) => loaded.spec.stages.find((one) => one.name === stage)!.settings
        return [of('acquire').dir, of('acquire').where, of('sample').grid, of('train').latent]
      }),
    )
    expect(found).toEqual([
      ['data/dataset-a', { zoom: [0, 1] }, 128, 210],
      ['data/dataset-a', { zoom: [0, 1] }, 170, 210],
      ['data/dataset-b', { zoom: [3, 4, 5] }, 128, 260],
      ['data/dataset-b', { zoom: [3, 4, 5] }, 170, 260],
    ])
  })
})

describe('the sweep that ships', () => {
  test('is two methods on two grids, of which the second method fits no network', async () => {
    const loaded = await load('quickstart-sweep')
    if (!loaded.ok) expect.fail(faultLines(loaded).join('\n'))
    const { labels, stages } = loaded.spec
    expect(labels).toEqual([
      'method=dfr,grid=16',
      'method=dfr,grid=32',
      'method=components,grid=16',
      'method=components,grid=32',
    ])
    const counts = new Map<string, number>()
    for (const { name } of stages) counts.set(name, (counts.get(name) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toEqual({
      acquire: 1,
      split: 1,
      augment: 1,
      extract: 1,
      sample: 2,
      pca: 2,
      train: 4,
      score: 4,
      evaluate: 4,
      export: 4,
      outputs: 4,
    })
    expect(stages.filter(({ name }) => name === 'train').map(({ kind }) => kind.kind)).toEqual([
      'train/dfr',
      'train/dfr',
      'train/pca',
      'train/pca',
    ])
  })

  test('shares everything up to extract with the quickstart', async () => {
    const [one, sweep] = await Promise.all([load('quickstart'), load('quickstart-sweep')])
    if (!one.ok || !sweep.ok) expect.fail('both are valid')
    for (const name of ['acquire', 'split', 'augment', 'extract']) {
      const of = ({ stages }: typeof one.spec) => stages.find((stage) => stage.name === name)!
      expect([of(sweep.spec).kind.kind, of(sweep.spec).settings]).toEqual([
        of(one.spec).kind.kind,
        of(one.spec).settings,
      ])
    }
  })
})

describe('the kinds that exist', () => {
  test.each(STAGE_KINDS.map((kind) => [kind.kind, kind] as const))(
    '%s: defaults are valid settings',
    async (_, kind) => {
      for (const protocol of ['standard', 'thesis']) {
        const text = `version: 1\nname: x\nprotocol: ${protocol}\nstages: { s: { uses: ${kind.kind} } }\n`
        const loaded = await loadSpec({ text, cwd: root, root, kinds: [kind] })
        // Without inputs the graph is broken, and settings without a default are missing; nothing else may be wrong.
        const codes = loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code)
        expect(codes.filter((code) => code !== 'E121' && code !== 'E103')).toEqual([])
      }
    },
  )
})
