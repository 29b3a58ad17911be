import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { b6Features } from './b6-features.ts'
import type { Benchmark } from './benchmark.ts'
import { dfrStep } from './dfr-step.ts'
import { replaceSection, sectionText } from './document.ts'
import { describeMachine, describeVersions, isLoaded } from './machine.ts'
import { metrics } from './metrics.ts'
import { noOp } from './no-op.ts'
import { pixels } from './pixels.ts'
import { findPython } from './python.ts'
import { quickstart } from './quickstart.ts'

const BENCHMARKS = new Map<string, Benchmark>([
  ['dfr-step', dfrStep],
  ['b6-features', b6Features],
  ['pixels', pixels],
  ['metrics', metrics],
  ['quickstart', quickstart],
  ['no-op', noOp],
])

const HELP = `npm run bench -- [NAME...] [--rounds N] [--write FILE]

  NAME          ${[...BENCHMARKS.keys()].join(', ')}; all where none is given
  --rounds N    measured turns of each side, instead of the number that each benchmark has
  --write FILE  also puts each table into FILE between its marks, as docs/benchmarks.md has them

BENCH_PYTHON names an interpreter with torch, torchvision, numpy, opencv and scikit-learn; without it one is made in
.venv-bench/.`

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, rounds: { type: 'string' }, write: { type: 'string' } },
  })
  const unknown = positionals.filter((name) => !BENCHMARKS.has(name))
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (values.help === true || unknown.length > 0 || (rounds !== undefined && !(rounds >= 1))) {
    console.error(unknown.length > 0 ? `no benchmark ${unknown.join(', ')}\n\n${HELP}` : HELP)
    return values.help === true ? 0 : 2
  }
  if (isLoaded()) console.error('this machine is busy with other work: figures will tell little')
  const machine = describeMachine()
  let failures = 0
  for (const name of positionals.length > 0 ? positionals : BENCHMARKS.keys()) {
    const done = await measure(name, { machine, rounds, file: values.write }).catch((error: unknown) => {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      return false
    })
    if (!done) failures++
  }
  return failures === 0 ? 0 : 1
}

interface Measurement {
  readonly machine: string
  readonly rounds: number | undefined
  readonly file: string | undefined
}

async function measure(name: string, { machine, rounds, file }: Measurement): Promise<boolean> {
  const tell = (text: string): void => console.error(`${name}: ${text}`)
  let found: string | undefined
  const python = (): string => (found ??= findPython(process.env['BENCH_PYTHON'], tell))
  const table = await BENCHMARKS.get(name)!({ rounds, python, tell })
  const section = sectionText(table, {
    date: new Date().toISOString().slice(0, 10),
    command: `npm run bench -- ${name}${rounds === undefined ? '' : ` --rounds ${rounds}`}`,
    machine,
    versions: describeVersions(found),
  })
  console.log(`\n${section}\n`)
  if (file !== undefined) writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), name, section))
  return true
}
