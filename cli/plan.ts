import { availableParallelism } from 'node:os'
import { billLines, planMarkdown, planTable } from '../ui/plan-table.ts'
import { EXIT_OK, EXIT_USAGE, EXIT_YES } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { planningLine, planRequest } from './plan-request.ts'
import { writeDiagnostics } from './write-diagnostics.ts'

/** `pipeline plan SPEC [SELECTOR...]`: table and bill on stdout, diagnostics on stderr. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, options } = invocation
  const request = await planRequest(invocation, new AbortController().signal)
  const { planPipeline } = await import('../runner/plan.ts')
  const progress = planningLine(io)
  const outcome = await planPipeline({
    ...request,
    onProgress: (what, done, total) => progress.show({ what, done, total }, performance.now()),
  })
  progress.clear()
  const { stages, bill, diagnostics, sources, exit } = outcome
  if (io.json) {
    const { name, path, protocol, seed, variants } = outcome
    io.stdout.write(
      `${JSON.stringify({ v: 1, kind: 'plan', name, path, protocol, seed, variants, stages, bill, diagnostics })}\n`,
    )
  } else {
    writeDiagnostics(io.stderr, diagnostics, sources)
    // Where the spec or its data are at fault, the figures would be about something else.
    if (exit !== EXIT_USAGE && bill !== undefined && stages.length > 0) {
      const table = options.has('md') ? planMarkdown(stages) : planTable(stages, { ...io.stdout.look })
      const gap = options.has('md') ? [''] : []
      io.stdout.write(`${[...table, ...gap, ...billLines(bill, stages, availableParallelism())].join('\n')}\n`)
    }
  }
  if (exit !== EXIT_OK) return exit
  return options.has('exitCode') && bill !== undefined && bill.run + bill.maybe > 0 ? EXIT_YES : EXIT_OK
}
