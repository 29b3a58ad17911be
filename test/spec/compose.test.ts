import { expect, test } from 'vitest'
import { around, EXAMPLE, set, specOf } from './rig.ts'

const ACQUIRE = '  acquire: { uses: acquire/folder, with: { dir: data } }\n'

test('a stage stands once per combination of the axes that reach it', async () => {
  const spec = await specOf(EXAMPLE)
  expect(spec.variants).toHaveLength(6)
  expect(spec.stages).toHaveLength(33)
  const counts = new Map<string, number>()
  for (const { name } of spec.stages) counts.set(name, (counts.get(name) ?? 0) + 1)
  expect([...counts]).toEqual([
    ['acquire', 1],
    ['split', 1],
    ['enhance', 1],
    ['augment', 1],
    ['extract', 1],
    ['sample', 1],
    ['pca', 3],
    ['train', 6],
    ['score', 6],
    ['evaluate', 6],
    ['export', 6],
  ])
})

test('addresses spell values as the spec does, and bindings follow the variant', async () => {
  const spec = await specOf(EXAMPLE)
  const train = spec.stages.filter(({ name }) => name === 'train')
  expect(train.map(({ address }) => address)).toEqual([
    'train@variance=0.85,lr=1e-3',
    'train@variance=0.85,lr=3e-3',
    'train@variance=0.90,lr=1e-3',
    'train@variance=0.90,lr=3e-3',
    'train@variance=0.95,lr=1e-3',
    'train@variance=0.95,lr=3e-3',
  ])
  expect(train[2].variant).toEqual({ variance: 0.9, lr: 0.001 })
  expect(train[2].bindings).toEqual({ cells: 'sample', basis: 'pca@variance=0.90' })
  expect(train[2].settings.lr).toBe(0.001)
  expect(spec.labels[5]).toBe('variance=0.95,lr=3e-3')
})

test('every stage comes after those it needs, whatever the order in the file', async () => {
  const lines = EXAMPLE.trimEnd().split('\n')
  const shuffled = [...lines.slice(0, 8), ...lines.slice(10).reverse(), ...lines.slice(8, 10)].join('\n')
  const spec = await specOf(shuffled)
  const seen = new Set<string>()
  for (const { address, bindings } of spec.stages) {
    for (const feeder of Object.values(bindings)) expect(seen).toContain(feeder)
    seen.add(address)
  }
  expect(seen.size).toBe(33)
  expect(spec.digest).toBe((await specOf(EXAMPLE)).digest)
})

test('the protocol fills what the spec leaves open, and nothing else', async () => {
  const text = around(`${ACQUIRE}  split: { uses: split/by-part, needs: [acquire] }
  enhance: { uses: enhance/classic, needs: [split] }
  extract: { uses: extract/efficientnet-b6, needs: [enhance], with: { normalize: checkpoint } }
  sample: { uses: sample/cells, needs: [extract], with: { grid: 32 } }
  pca: { uses: pca/streaming, needs: [sample] }
  train: { uses: train/pca, needs: [pca] }
  score: { uses: score/top-k, needs: [extract, train] }\n`)
  const settings = (protocol: string) =>
    specOf(text, set(`protocol=${protocol}`)).then(({ stages }) =>
      Object.fromEntries(stages.map((s) => [s.name, s.settings])),
    )
  const [standard, thesis] = [await settings('standard'), await settings('thesis')]
  expect(standard.split).toEqual({ held_out: 0.2 })
  expect(thesis.split).toEqual({ held_out: 0 })
  expect(standard.enhance).toEqual({ apply: ['train', 'test'] })
  expect(thesis.enhance).toEqual({ apply: ['train', 'test'], clahe: { clip: 0.8, tiles: 8 } })
  expect(thesis.extract.normalize).toBe('checkpoint')
  expect(standard.sample).toEqual({ grid: 32, per_image: 500 })
  expect(thesis.sample).toEqual({ grid: 32, per_image: 'all' })
  expect(standard.pca.standardize).toBe(true)
  expect(thesis.pca.standardize).toBe(false)
  expect(standard.score).toEqual({ top_k: 20 })
  expect(thesis.score).toEqual({ top_k: 20, border: { cells: 20 } })
})

test('defaults fill maps that are given in part, and the branch of a union that is meant', async () => {
  const spec = await specOf(
    around(`${ACQUIRE}  enhance: { uses: enhance/classic, needs: [acquire], with: { clahe: { clip: 2 } } }
  extract: { uses: extract/efficientnet-b6, needs: [enhance] }
  train: { uses: train/dfr, needs: [extract], with: { optimizer: { name: sgd } } }\n`),
  )
  expect(spec.stages[1].settings.clahe).toEqual({ clip: 2, tiles: 8 })
  expect(spec.stages[3].settings.optimizer).toEqual({ name: 'sgd', momentum: 0 })
})

test('an axis can carry a method with its settings; each variant binds what its kind takes', async () => {
  const spec = await specOf(
    around(
      `${ACQUIRE}  extract: { uses: extract/efficientnet-b6, needs: [acquire] }
  pca: { uses: pca/streaming, needs: [extract] }
  train: { uses: "train/\${matrix.method.name}", needs: [extract, pca], with: "\${matrix.method.with}" }\n`,
      'matrix: { axes: { method: [{ name: pca }, { name: dfr, with: { epochs: 3 } }] } }\n'.replace(
        '{ name: pca }',
        '{ name: pca, with: {} }',
      ),
    ),
  )
  const train = spec.stages.filter(({ name }) => name === 'train')
  expect(train.map(({ address, kind }) => [address, kind.kind])).toEqual([
    ['train@method=pca', 'train/pca'],
    ['train@method=dfr', 'train/dfr'],
  ])
  expect(train.map(({ bindings }) => bindings)).toEqual([{ basis: 'pca' }, { cells: 'extract', basis: 'pca' }])
  expect(train[1].settings.epochs).toBe(3)
})

test('zipped axes move together, exclude takes away, include adds', async () => {
  const spec = await specOf(
    around(
      '  acquire: { uses: acquire/folder, with: { dir: "${matrix.a}${matrix.b}${matrix.c}" } }\n',
      `matrix:
  axes: { a: [x, y], b: [1, 2], c: [on, off] }
  zip: [[a, b]]
  exclude: [{ a: x, c: off }]
  include: [{ a: z, b: 9, c: on }]\n`,
    ),
  )
  expect(spec.labels).toEqual(['a=x,b=1,c=on', 'a=y,b=2,c=on', 'a=y,b=2,c=off', 'a=z,b=9,c=on'])
  expect(spec.stages.map(({ settings }) => settings.dir)).toEqual(['x1on', 'y2on', 'y2off', 'z9on'])
})

test('places lead to the setting, and origins to the value behind a reference', async () => {
  const spec = await specOf(EXAMPLE)
  const sample = spec.stages.find(({ name }) => name === 'sample')!
  expect(sample.placeOf('grid')).toEqual({
    file: '<stdin>',
    line: 15,
    column: 67,
    endLine: 15,
    endColumn: 83,
    path: 'stages.sample.with.grid',
  })
  expect(sample.originOf('grid')).toMatchObject({ line: 6, column: 66, endColumn: 69 })
  expect(sample.placeOf()).toMatchObject({ line: 15, column: 21, path: 'stages.sample.uses' })
  const score = spec.stages.find(({ name }) => name === 'score')!
  expect(score.placeOf('border.cells')).toMatchObject({ line: 18, column: 95 })
  expect(score.placeOf('border.share')).toMatchObject({ line: 18, column: 86, path: 'stages.score.with.border' })
  expect(score.placeOf('map_geometry')).toMatchObject({ path: 'stages.score.uses' })
})

test('outputs add one stage of pictures for each evaluate stage and variant', async () => {
  const spec = await specOf(`${EXAMPLE}outputs: outputs/b\n`)
  const pictures = spec.stages.filter(({ implicit }) => implicit)
  expect(pictures).toHaveLength(6)
  expect(pictures[0]).toMatchObject({
    address: 'outputs@variance=0.85,lr=1e-3',
    name: 'outputs',
    bindings: { scores: 'score@variance=0.85,lr=1e-3', thresholds: 'evaluate@variance=0.85,lr=1e-3' },
  })
  expect(pictures[0].placeOf()).toMatchObject({ line: 21, column: 10, path: 'outputs' })
  const two = EXAMPLE.replace('  export:', '  second: { uses: evaluate/standard, needs: [score] }\n  export:')
  const names = (await specOf(`${two}outputs: o\n`)).stages.filter(({ implicit }) => implicit).map(({ name }) => name)
  expect([...new Set(names)]).toEqual(['outputs-evaluate', 'outputs-second'])
})

test('the resolved spec has parameters and defaults in it, and keeps references to the matrix', async () => {
  const { resolved } = await specOf(EXAMPLE, set('params.grid=64'))
  expect(resolved).toMatchObject({
    version: 1,
    seed: 7,
    protocol: 'standard',
    params: { grid: 64 },
    stages: {
      acquire: { uses: 'acquire/folder', with: { dir: 'data/dataset-b', masks: { dir: 'masks', invert: false } } },
      extract: { uses: 'extract/efficientnet-b6', with: { size: 512, padding: 'auto' } },
      sample: { with: { grid: 64, per_image: 20 } },
      train: { with: { lr: '${matrix.lr}', latent: 'auto' } },
    },
  })
})

test('five hundred variants of eleven stages load within a second of processor time', async () => {
  const values = Array.from({ length: 500 }, (_, i) => `0.${500 + i}`)
  const text = EXAMPLE.replace('[0.85, 0.90, 0.95]', `[${values.join(', ')}]`)
    .replace(', lr: [1e-3, 3e-3]', '')
    .replace('"${matrix.lr}"', '1e-3')
  await specOf(EXAMPLE)
  const start = process.cpuUsage()
  const spec = await specOf(text.replace(/0\.(\d\d)0\b/g, '0.$1'))
  expect(spec.stages).toHaveLength(6 + 5 * 500)
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000)
})
