import { deferUi } from '../ui/deferred.ts'
import { firstLine } from '../ui/opening.ts'
import type { RunUi } from '../ui/run-ui.ts'
import type { Io } from './invocation.ts'

const LEAST_COLUMNS = 40
const LEAST_ROWS = 12

/** Who shows a run. Its first line is out before the screen behind it has loaded. */
export function openRunUi(io: Io, onInterrupt: () => void): RunUi {
  const ui = deferUi(loadUi(io, onInterrupt))
  if (io.ui === 'json' || io.ui === 'quiet') return ui
  return {
    event(event) {
      if (event.type === 'run.start') io.stderr.write(`${firstLine(event.spec.path, event.run)}\n`)
      ui.event(event)
    },
    close: (outcome) => ui.close(outcome),
  }
}

/** What was asked for, else the inline screen where there is a terminal for it. */
async function loadUi(io: Io, onInterrupt: () => void): Promise<RunUi> {
  const { stderr, stdout, streams, environment, verbose } = io
  if (io.ui === 'json') return (await import('../ui/json.ts')).openJson(stdout.write)
  if (io.ui === 'quiet') return (await import('../ui/quiet.ts')).openQuiet(stderr)
  if (io.ui === 'plain' || !fitsInline(io)) {
    const { openPlain } = await import('../ui/plain.ts')
    return openPlain(stderr, { verbose, github: environment.githubActions })
  }
  const { openInline } = await import('../ui/inline/inline.ts')
  return openInline(stderr, {
    terminal: streams.stderr,
    ...(streams.stdin.isTTY && { keyboard: streams.stdin }),
    onInterrupt,
    verbose,
  })
}

/** A terminal on stderr, large enough, that can move its cursor, and a person in front of it. Sizes of 0 count as 80 x 24. */
function fitsInline({
  streams: { stderr },
  environment: { term, ci, screenReader },
}: Pick<Io, 'streams' | 'environment'>): boolean {
  const { isTTY, columns, rows } = stderr
  return (
    isTTY && (columns || 80) >= LEAST_COLUMNS && (rows || 24) >= LEAST_ROWS && term !== 'dumb' && !ci && !screenReader
  )
}
