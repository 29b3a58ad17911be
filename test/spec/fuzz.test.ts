import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Random, seededRandom } from '../../base/random.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'
import { type LoadResult, loadSpec, type Override } from '../../runner/spec/load.ts'
import type { Spec } from '../../runner/spec/spec.ts'
import { printDiagnostics } from '../../ui/diagnostics.ts'
import { KINDS } from './kinds.ts'
import { EXAMPLE } from './rig.ts'

const CASES = process.env.PIPELINE_TEST_FAULTS === 'whole' ? 10_000 : 2000
const shipped = new URL('../../pipelines/', import.meta.url)
/** Axes of maps, zip, include, exclude, conditional stages, and how a stage is run. */
const SWEEP = `version: 1
name: sweep
matrix:
  axes: { method: [{ name: dfr, uses: train/dfr, with: { epochs: 1 } }, { name: pca, uses: train/pca, with: {} }], lr: [1, 2], a: [x, y] }
  zip: [[lr, a]]
  include: [{ method: { name: own, uses: train/dfr, with: {} }, lr: 3, a: z }]
  exclude: [{ lr: 2, a: y }]
stages:
  acquire: { uses: acquire/folder, with: { dir: data } }
  enhance: { uses: enhance/classic, needs: [acquire], when: { method: [dfr, pca], lr: 1 }, keep: false, retries: 2 }
  extract: { uses: extract/efficientnet-b6, needs: { images: enhance }, timeout: 10m, resources: { gpu: 1, mem: 4G } }
  sample:  { uses: sample/cells, needs: [extract], with: { grid: 8 }, when: { lr: 1 } }
  pca:     { uses: pca/streaming, needs: [sample] }
  train:   { uses: "\${matrix.method.uses}", needs: [sample, pca], with: "\${matrix.method.with}" }
  score:   { uses: score/top-k, needs: [extract, train], with: { top_k: "\${matrix.lr}" } }
`
const SEEDS = [
  EXAMPLE,
  SWEEP,
  readFileSync(new URL('fixtures/broken.yaml', import.meta.url), 'utf8'),
  ...readdirSync(shipped)
    .filter((name) => /^(quickstart|folder)\.yaml$/.test(name))
    .map((name) => readFileSync(new URL(name, shipped), 'utf8')),
]
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  ',',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!!x ',
  '|\n',
  '>-\n',
  '"',
  "'",
  '#',
  '\t',
  '\r',
  '\n',
  '\n\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '<<: ',
  '${',
  '${params.',
  '${matrix.lr}',
  '$${',
  '}',
  'null',
  '~',
  '.inf',
  '.nan',
  '-0',
  '1e999',
  '0x',
  'true',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\ud83d',
  'é',
  '日本',
  '__proto__',
  'constructor',
  'toString',
  'stages:',
  'uses: ',
  'needs: ',
  'with: ',
  'extends: x.yaml\n',
  'matrix: ',
  'version: 2',
  ' ',
  '  ',
  '9'.repeat(400),
  'when: ',
  'when: { method: dfr }',
  'zip: ',
  'include: ',
  'exclude: [{ lr: 1 }]',
  'retries: 3',
  'timeout: 1h',
  '${matrix.method.',
]
const SWEEPS = [
  'sample.grid=8,16',
  'params.grid=8,16',
  'score.top_k=1,[2],{a: 1}',
  'stages.train.uses=train/dfr,train/pca',
  'pca.variance=',
  'train.lr="1,2",\'x',
  '__proto__.x=1,2',
  'params.__proto__=1',
  'seed=1,2',
]
const SETS = [
  'sample.grid=1',
  'params.grid={a: 1}',
  '~stages.train.uses',
  'train.optimizer.name=x',
  '__proto__.x=1',
  'stages.__proto__.uses=1',
  'params.constructor=1',
  '=',
  '~',
  'seed=[',
  'outputs=null',
  'train=1',
]

function mutate(text: string, random: Random): string {
  let result = text
  for (let n = 1 + random.below(3); n > 0; n--) {
    const at = random.below(result.length + 1)
    const length = random.below(random.below(3) === 0 ? 60 : 4)
    const lines = result.split('\n')
    const line = lines[random.below(lines.length)]
    const change = random.below(6)
    if (change === 0) result = result.slice(0, at) + result.slice(at + length)
    else if (change === 1) result = result.slice(0, at) + PIECES[random.below(PIECES.length)] + result.slice(at)
    else if (change === 2)
      result = result.slice(0, at) + PIECES[random.below(PIECES.length)] + result.slice(at + length)
    else if (change === 3) result = result.replace(/\d(?=\D*$)/, String(random.below(10)))
    else if (change === 4) result = `${result.slice(0, at)}\n${line}\n${result.slice(at)}`
    else result = result.slice(0, at) + result.slice(random.below(result.length + 1))
  }
  return result
}

/** What is odd about a spec that was taken: addresses that stand twice, needs that are not there. */
function oddSpec({ stages, skipped }: Spec): string[] {
  const all = [...stages, ...skipped].map(({ address }) => address)
  const known = new Set(stages.map(({ address }) => address))
  const needs = stages.flatMap(({ bindings }) => Object.values(bindings)).filter((need) => !known.has(need))
  return [...needs, ...(new Set(all).size < all.length ? ['an address stands twice'] : [])]
}

/** What is odd about the diagnostics of one that was refused: none, no code of ours, no help, no place in the text, raw characters. */
function oddDiagnostics({ diagnostics, sources }: Extract<LoadResult, { ok: false }>): string[] {
  if (diagnostics.length === 0) return ['no diagnostic']
  const lines = new Map([...sources].map(([file, text]) => [file, text.split('\n')]))
  const odd = diagnostics.filter(({ code, message, at, help = [] }) => {
    const line = lines.get(at!.file)?.[at!.line! - 1]
    return (
      !/^E(002|004|10[1-8]|112|12[0-4]|13[0-2]|403)$/.test(code) ||
      /undefined|\[object|NaN|Internal/.test(`${message} ${help.join(' ')}`) ||
      help.length === 0 ||
      (lines.has(at!.file) && (line === undefined || at!.column! - 1 > line.length))
    )
  })
  // Whatever the spec holds, none of it may reach a terminal raw.
  const raw = /[\u0000-\u0009\u000b-\u001f\u2028]/.exec(
    printDiagnostics(diagnostics, sources, { columns: 80, color: false }),
  )
  return [...odd.map((one) => JSON.stringify(one)), ...(raw === null ? [] : [`raw ${JSON.stringify(raw[0])}`])]
}

test(`${CASES} mutated specs give a spec or diagnostics with places, never an exception`, {
  timeout: 300_000,
}, async () => {
  let [valid, invalid] = [0, 0]
  for (let i = 0; i < CASES; i++) {
    const random = seededRandom('fuzz', i)
    const text = mutate(SEEDS[i % SEEDS.length], random)
    const overrides: Override[] = []
    if (i % 3 === 0) overrides.push({ option: '--set', text: mutate(SETS[random.below(SETS.length)], random) })
    if (i % 7 === 0) overrides.push({ option: '--sweep', text: mutate(SWEEPS[random.below(SWEEPS.length)], random) })
    const kinds = i % SEEDS.length < 3 ? KINDS : STAGE_KINDS
    const loaded = await loadSpec({ text, cwd: '/nowhere', root: '/nowhere', overrides, kinds }).catch(
      (error: unknown) => {
        throw new Error(`case ${i}:\n${text}\n${JSON.stringify(overrides)}`, { cause: error })
      },
    )
    const odd = loaded.ok ? oddSpec(loaded.spec) : oddDiagnostics(loaded)
    if (odd.length > 0) expect.fail(`case ${i}: ${odd.join('; ')}\n${text}\n${JSON.stringify(overrides)}`)
    if (loaded.ok) valid++
    else invalid++
  }
  expect(Math.min(valid, invalid)).toBeGreaterThan(CASES / 100)
})
