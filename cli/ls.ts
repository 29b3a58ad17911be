import { basename, relative, resolve } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { sanitize } from '../base/sanitize.ts'
import { foldersOf } from '../runner/environment.ts'
import { listRuns, readRun } from '../runner/history/find-run.ts'
import type { RunDocument } from '../runner/history/run-document.ts'
import { type RunSummary, summarize } from '../runner/history/summarize.ts'
import { parseWhere } from '../runner/history/where.ts'
import { METRICS } from '../ui/metric-names.ts'
import { runsCsv, runsMarkdown, runsTable } from '../ui/runs-table.ts'
import { parseCount } from './environment.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation, Io } from './invocation.ts'

/** `pipeline ls`: all runs, the newest first, on stdout. */
export function run({ options, io }: Invocation): Promise<number> {
  const { runs: folder } = foldersOf(io.root, io.environment)
  const last = options.text('last')
  const most = last === undefined ? Infinity : parseCount('--last', last)
  const conditions = options.list('where').map((text) => parseWhere(text, METRICS))
  if (options.has('csv') && options.has('md')) throw new Failure('E005', '--csv and --md exclude each other')
  const spec = options.text('spec')
  const found: RunSummary[] = []
  for (const entry of listRuns(folder)) {
    if (found.length === most) break
    const document = readable(folder, entry.run)
    if (document === undefined) continue
    const row = summarize(document)
    if ((spec === undefined || isOfSpec(document, spec, io)) && conditions.every((fits) => fits(row))) found.push(row)
  }
  io.stdout.write(textOf(found))
  return Promise.resolve(EXIT_OK)

  /** What cannot be read is told, and hides no other run. */
  function readable(runs: string, id: string): RunDocument | undefined {
    try {
      return readRun(runs, id)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      io.stderr.write(`warning ${error.diagnostic.code} ${sanitize(error.message)}; left out\n`)
      return undefined
    }
  }

  function textOf(rows: readonly RunSummary[]): string {
    if (io.json) return `${JSON.stringify({ v: 1, kind: 'runs', runs: rows })}\n`
    if (options.has('csv')) return runsCsv(rows)
    const lines = options.has('md') ? runsMarkdown(rows, new Date()) : runsTable(rows, new Date())
    return rows.length === 0 ? '' : `${lines.join('\n')}\n`
  }
}

/** By name, by file name with or without its extension, or by a path from the working folder. */
function isOfSpec({ spec: { name, path, file = path } }: RunDocument, text: string, { cwd, root }: Io): boolean {
  const names = [name, file, path, basename(file), basename(file).replace(/\.ya?ml$/, '')]
  return names.includes(text) || relative(root, resolve(cwd, text)) === file
}
