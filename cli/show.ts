import { availableParallelism } from 'node:os'
import { Failure } from '../base/diagnostic.ts'
import { foldersOf } from '../runner/environment.ts'
import { comparisonCsv, comparisonMarkdown } from '../runner/comparison-files.ts'
import type { RunDocument } from '../runner/history/run-document.ts'
import { manifestOf } from '../runner/history/stored.ts'
import { findSide, reaches, type Side, stagesIn, verdictsIn } from '../runner/history/variant.ts'
import { findAddress } from '../runner/select/find-address.ts'
import { comparisonTable } from '../ui/comparison-table.ts'
import { runText } from '../ui/run-text.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation, Io } from './invocation.ts'
import { writeDiagnostics } from './write-diagnostics.ts'

/** `pipeline show [RUN[@VARIANT]]`: one run in full, or a part of its record, on stdout. */
export async function run({ arguments: [word = 'last'], options, io }: Invocation): Promise<number> {
  const { runs } = foldersOf(io.root, io.environment)
  const side = findSide(runs, word)
  const address = options.text('key')
  const task = options.text('task')
  if (address !== undefined) io.stdout.write(keyText(runs, side, address))
  else if (task !== undefined) return await printTask(side, task, io)
  else if (options.has('resolved')) io.stdout.write(await resolvedText(side))
  else if (options.has('csv')) io.stdout.write(comparisonCsv(compared(side)))
  else if (options.has('md')) io.stdout.write(`${comparisonMarkdown(compared(side)).join('\n')}\n`)
  else io.stdout.write(shownText(side, io))
  return EXIT_OK
}

/** The variants of a sweep. Throws E003 where there are none to compare. */
function compared({ document: { run, comparison }, cell }: Side): RunDocument['comparison'] {
  const rows = comparison.filter(({ variant }) => cell === undefined || reaches(variant, cell))
  if (rows.length > 0) return rows
  throw new Failure('E003', `run ${run} has no variants with verdicts to compare`, {
    help: ['pipeline ls --csv lists runs'],
  })
}

function shownText(side: Side, { json, stdout, streams }: Io): string {
  const { document, cell } = side
  const stages = stagesIn(side)
  const verdicts = verdictsIn(side)
  if (json) return `${JSON.stringify({ kind: 'run', ...document, stages, verdicts })}\n`
  const columns = streams.stdout.isTTY ? stdout.columns() : Infinity
  const table = cell === undefined ? comparisonTable(document.comparison, { look: stdout.look, columns }) : []
  return `${[...runText({ document, stages, verdicts }, columns), ...table].join('\n')}\n`
}

function keyText(runs: string, side: Side, address: string): string {
  const stage = findAddress(stagesIn(side), address)
  const manifest = manifestOf(runs, stage)
  if (manifest !== undefined) return `${JSON.stringify({ key: stage.key, ...manifest }, null, 2)}\n`
  const why = stage.list
    ? 'is a list stage: it is evaluated with every plan and has no key'
    : `was not reached in run ${side.document.run}`
  throw new Failure('E003', `${stage.address} ${why}`, { help: ['pipeline show lists the stages with their keys'] })
}

/** What `pipeline exec` takes. */
async function printTask(side: Side, address: string, io: Io): Promise<number> {
  const { describeTask } = await import('../runner/describe-task.ts')
  const stage = findAddress(stagesIn(side), address)
  if (stage.list) throw new Failure('E003', `${stage.address} is a list stage: it is evaluated with every plan`)
  const { made, diagnostics, sources, exit } = await describeTask(side.document, stage, {
    root: io.root,
    targets: [],
    from: [],
    only: [],
    accept: [],
    force: false,
    jobs: io.environment.jobs ?? availableParallelism(),
    engine: io.environment.engine,
    noCache: false,
    environment: io.environment,
    signal: new AbortController().signal,
  })
  if (made === undefined) writeDiagnostics(io.stderr, diagnostics, sources)
  else io.stdout.write(`${JSON.stringify(made, null, 2)}\n`)
  return made === undefined ? exit : EXIT_OK
}

async function resolvedText({ document: { run, spec } }: Side): Promise<string> {
  if (spec.resolved === undefined)
    throw new Failure('E006', `run ${run} ended before its spec was read`, { help: [`pipeline show ${run}`] })
  return (await import('yaml')).stringify(spec.resolved)
}
