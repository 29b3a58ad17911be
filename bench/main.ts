import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { BENCHMARKS } from './benchmarks.ts'
import { replaceSection, sectionText } from './document.ts'
import { describeMachine, isLoaded, ownVersions, pythonVersions } from './machine.ts'
import { findPython } from './python.ts'

const HELP = `npm run bench -- [NAME...] [--rounds N] [--write FILE]

  NAME          ${[...BENCHMARKS.keys()].join(', ')}; all where none is given
  peers         all that begin with peers-: the runner beside other runners
  --rounds N    measured turns of each side, instead of the number that each benchmark has
  --quick       peers at a tenth of their sizes, for trying
  --write FILE  also puts each table into FILE between its marks, as docs/benchmarks.md has them

BENCH_PYTHON names an interpreter with torch, torchvision, numpy, opencv and scikit-learn; without it one is made in
.venv-bench/.`

process.exitCode = await main()

async function main(): Promise<number> {
  const asked = readArguments()
  if (typeof asked === 'string') {
    console.error(asked)
    return asked === HELP ? 0 : 2
  }
  const { names, rounds, quick, file } = asked
  if (isLoaded()) console.error('this machine is busy with other work: figures will tell little')
  const circumstances = { rounds, quick, file, machine: describeMachine(), versions: ownVersions() } // before files change
  let failures = 0
  for (const name of names) {
    const done = await measure(name, circumstances).catch((error: unknown) => {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      return false
    })
    if (!done) failures++
  }
  return failures === 0 ? 0 : 1
}

interface Asked {
  readonly names: readonly string[]
  readonly rounds: number | undefined
  readonly quick: boolean
  readonly file: string | undefined
}

/** What the command line asks for, or the text that says why it cannot be done. */
function readArguments(): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        write: { type: 'string' },
      },
    })
    if (values.help === true) return HELP
    const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
    if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) return '--rounds takes 1, 2, 3, ...'
    const all = [...BENCHMARKS.keys()]
    const asked = positionals.flatMap((name) =>
      name === 'peers' ? all.filter((each) => each.startsWith('peers-')) : name,
    )
    const unknown = asked.filter((name) => !BENCHMARKS.has(name))
    if (unknown.length > 0) return `no benchmark ${unknown.join(', ')}\n\n${HELP}`
    const names = asked.length > 0 ? asked : all
    // A document that cannot take a table is better refused before half an hour than after.
    if (values.write !== undefined)
      for (const name of names) replaceSection(readFileSync(values.write, 'utf8'), name, '')
    return { names, rounds, quick: values.quick, file: values.write }
  } catch (error) {
    return (error as Error).message
  }
}

interface Circumstances extends Omit<Asked, 'names'> {
  readonly machine: string
  readonly versions: readonly string[]
}

async function measure(name: string, { machine, versions, rounds, quick, file }: Circumstances): Promise<boolean> {
  const tell = (text: string): void => console.error(`${name}: ${text}`)
  let found: string | undefined
  const python = (): string => (found ??= findPython(process.env['BENCH_PYTHON'], tell))
  const table = await BENCHMARKS.get(name)!({ rounds, quick, python, tell })
  const section = sectionText(table, {
    date: new Date().toISOString().slice(0, 10),
    command: `npm run bench -- ${name}${rounds === undefined ? '' : ` --rounds ${rounds}`}${quick ? ' --quick' : ''}`,
    machine,
    versions: [...versions, ...(found === undefined ? [] : pythonVersions(found))].join(', '),
  })
  console.log(`\n${section}\n`)
  if (file !== undefined) writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), name, section))
  return true
}
