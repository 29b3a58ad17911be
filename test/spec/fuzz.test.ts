import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Random, seededRandom } from '../../base/random.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'
import { loadSpec } from '../../runner/spec/load.ts'
import { printDiagnostics } from '../../ui/diagnostics.ts'
import { KINDS } from './kinds.ts'
import { EXAMPLE } from './rig.ts'

const CASES = 2000
const shipped = new URL('../../pipelines/', import.meta.url)
const SEEDS = [
  EXAMPLE,
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

test(`${CASES} mutated specs give a spec or diagnostics with places, never an exception`, {
  timeout: 300_000,
}, async () => {
  let [valid, invalid] = [0, 0]
  for (let i = 0; i < CASES; i++) {
    const random = seededRandom('fuzz', i)
    const text = mutate(SEEDS[i % SEEDS.length], random)
    const overrides =
      i % 3 === 0 ? [{ option: '--set' as const, text: mutate(SETS[random.below(SETS.length)], random) }] : []
    const kinds = i % SEEDS.length < 2 ? KINDS : STAGE_KINDS
    const loaded = await loadSpec({ text, cwd: '/nowhere', root: '/nowhere', overrides, kinds }).catch(
      (error: unknown) => {
        throw new Error(`case ${i}:\n${text}\n${JSON.stringify(overrides)}`, { cause: error })
      },
    )
    if (loaded.ok) {
      valid++
      continue
    }
    invalid++
    expect(loaded.diagnostics.length).toBeGreaterThan(0)
    for (const { code, message, at, help } of loaded.diagnostics) {
      expect(code).toMatch(/^E(002|004|10[1-8]|112|12[0-4]|13[0-2]|403)$/)
      expect(`${message} ${help?.join(' ') ?? ''}`).not.toMatch(/undefined|\[object|NaN|Internal/)
      expect(help?.length).toBeGreaterThan(0)
      const lines = loaded.sources.get(at!.file)?.split('\n')
      if (lines !== undefined) expect(at!.column! - 1).toBeLessThanOrEqual(lines[at!.line! - 1].length)
    }
    // Whatever the spec holds, none of it may reach a terminal raw.
    expect(printDiagnostics(loaded.diagnostics, loaded.sources, { columns: 80, color: false })).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u2028]/,
    )
  }
  expect(Math.min(valid, invalid)).toBeGreaterThan(CASES / 100)
})
