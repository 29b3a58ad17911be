import { expect, test } from 'vitest'
import type { Spec } from '../../runner/spec/spec.ts'
import { faultsOf, helpOf, marksOf, specOf } from './rig.ts'

const chain = (stages: string, axes = 'method: [dfr, pca], lr: [1e-3, 3e-3]'): string => `version: 1
name: small
matrix: { axes: { ${axes} } }
stages:
  acquire: { uses: acquire/folder, with: { dir: data } }
  split:   { uses: split/by-part, needs: [acquire] }
${stages}`

/** Addresses with what feeds them. */
const wiring = ({ stages }: Spec): Record<string, string> =>
  Object.fromEntries(stages.map(({ address, bindings }) => [address, Object.values(bindings).join(' ')]))

test('a stage exists in its variants alone, and followers fall back to its input', async () => {
  const spec = await specOf(
    chain(`  enhance: { uses: enhance/classic, needs: [split], when: { method: dfr } }
  augment: { uses: augment/photometric, needs: [enhance] }
`),
  )
  expect(wiring(spec)).toEqual({
    acquire: '',
    split: 'acquire',
    'enhance@method=dfr': 'split',
    'augment@method=dfr': 'enhance@method=dfr',
    'augment@method=pca': 'split',
  })
  expect(spec.skipped).toEqual([])
})

test('a follower falls back through several stages that are not there', async () => {
  const spec = await specOf(
    chain(`  enhance: { uses: enhance/classic, needs: [split], when: { method: dfr } }
  brighten: { uses: enhance/classic, needs: { images: enhance }, when: { lr: 0.001 } }
  augment: { uses: augment/photometric, needs: { images: brighten } }
`),
  )
  expect(wiring(spec)).toMatchObject({
    'brighten@method=dfr,lr=1e-3': 'enhance@method=dfr',
    'brighten@method=pca,lr=1e-3': 'split',
    'augment@method=dfr,lr=3e-3': 'enhance@method=dfr',
    'augment@method=pca,lr=3e-3': 'split',
    'augment@method=pca,lr=1e-3': 'brighten@method=pca,lr=1e-3',
  })
})

test('a follower that needs its kind of output is skipped, and so is what follows that', async () => {
  const spec = await specOf(
    chain(`  extract: { uses: extract/efficientnet-b6, needs: [split] }
  sample:  { uses: sample/cells, needs: [extract], with: { grid: 8 }, when: { method: dfr } }
  pca:     { uses: pca/streaming, needs: [sample] }
  model:   { uses: train/pca, needs: [pca] }
`),
  )
  expect(Object.keys(wiring(spec))).toEqual([
    'acquire',
    'split',
    'extract',
    'sample@method=dfr',
    'pca@method=dfr',
    'model@method=dfr',
  ])
  expect(spec.skipped.map(({ address }) => address)).toEqual(['pca@method=pca', 'model@method=pca'])
})

test('an optional input stays open, and two stages of which one is there feed one input', async () => {
  const spec = await specOf(
    chain(`  extract: { uses: extract/efficientnet-b6, needs: [split] }
  sample:  { uses: sample/cells, needs: [extract], with: { grid: 8 } }
  pca:     { uses: pca/streaming, needs: [sample], when: { method: [pca] } }
  dfr:     { uses: train/dfr, needs: [sample, pca], when: { method: [dfr] } }
  linear:  { uses: train/pca, needs: [pca], when: { method: [pca] } }
  score:   { uses: score/top-k, needs: [extract, dfr, linear] }
`),
  )
  expect(wiring(spec)).toMatchObject({
    'dfr@method=dfr': 'sample',
    'score@method=dfr': 'extract dfr@method=dfr',
    'score@method=pca': 'extract linear@method=pca',
  })
  expect(spec.skipped).toEqual([])
})

test('values of an axis are named by their label where they are maps, and need no quotes', async () => {
  const spec = await specOf(
    chain(
      `  enhance: { uses: "\${matrix.method.uses}", needs: [split], with: "\${matrix.method.with}", when: { method: soft } }
`,
      'method: [{ name: soft, uses: enhance/classic, with: { gamma: 0.9 } }, { name: off }]',
    ),
  )
  expect(Object.keys(wiring(spec))).toEqual(['acquire', 'split', 'enhance@method=soft'])
  expect(spec.stages[2].settings.gamma).toBe(0.9)
})

test.each([
  ['{ methd: dfr }', '[methd] E130 the matrix has no axis methd'],
  ['{ method: dfx }', '[dfx] E106 no variant has method=dfx'],
  ['{ method: [dfr, 3] }', '[3] E106 no variant has method=3'],
  ['{ method: [] }', '[[]] E106 augment.when.method names no value'],
  ['dfr', '[dfr] E105 augment.when must be a map, found "dfr"'],
  ['{ lr: "${params.x}" }', '["${params.x}"] E106 no variant has lr=${params.x}'],
])('when: %s is told', async (when, expected) => {
  expect(await marksOf(chain(`  augment: { uses: augment/photometric, needs: [split], when: ${when} }\n`))).toEqual([
    expected,
  ])
})

test('a wrong value comes with the right ones, and cells that the matrix has not are told', async () => {
  const augment = (when: string): string => `  augment: { uses: augment/photometric, needs: [split], when: ${when} }\n`
  expect(await helpOf(chain(augment('{ method: dfx }')))).toEqual(['did you mean dfr? Values: dfr, pca'])
  const zipped = chain(augment('{ method: dfr, lr: 3e-3 }')).replace(
    ' } }\nstages',
    ' }, zip: [[method, lr]] }\nstages',
  )
  expect(await faultsOf(zipped)).toEqual(['7:57 E131 augment is in no variant'])
})

test('a reference is looked at only in the variants in which its stage exists', async () => {
  const spec = await specOf(
    chain(
      '  enhance: { uses: enhance/classic, needs: [split], with: { gamma: "${matrix.method.gamma}" }, when: { method: soft } }\n',
      'method: [{ name: soft, gamma: 0.9 }, { name: off }]',
    ),
  )
  expect(Object.keys(wiring(spec))).toEqual(['acquire', 'split', 'enhance@method=soft'])
})
