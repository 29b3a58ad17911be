import { statusRows, statusTable } from '../ui/status-table.ts'
import { EXIT_OK, EXIT_YES } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { planRequest } from './plan-request.ts'
import { writeDiagnostics } from './write-diagnostics.ts'

/** `pipeline status SPEC`: where each stage stands, on stdout; with `--exit-code` 1 where something runs or would. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, options } = invocation
  const request = await planRequest(invocation, new AbortController().signal)
  const { statusPipeline } = await import('../runner/explain/status.ts')
  const { made, diagnostics, sources, exit } = await statusPipeline(request)
  const rows = made === undefined ? [] : statusRows(made, new Date())
  if (io.json) {
    const { spec, running, stages = [] } = made ?? {}
    const run = running && { run: running.run, pid: running.pid }
    const planned = stages.map(({ address, stage, variant, plan, reasons }) => {
      return { address, stage, variant, plan, reasons, ...made?.since.get(address) }
    })
    io.stdout.write(
      `${JSON.stringify({ v: 1, kind: 'status', spec, running: run, rows, stages: planned, diagnostics })}\n`,
    )
  } else {
    writeDiagnostics(
      io.stderr,
      diagnostics.filter(({ severity }) => severity === 'error'),
      sources,
    )
    if (made !== undefined) io.stdout.write(`${statusTable(rows, io.stdout.look).join('\n')}\n`)
  }
  if (made === undefined) return exit
  const isBusy = made.running !== undefined || rows.some(({ state }) => DUE.has(state))
  return options.has('exitCode') && isBusy ? EXIT_YES : EXIT_OK
}

const DUE: ReadonlySet<string> = new Set(['run', 'maybe', 'blocked'])
