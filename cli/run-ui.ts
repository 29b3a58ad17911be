import { openInline } from '../ui/inline/inline.ts'
import { openJson } from '../ui/json.ts'
import { openPlain } from '../ui/plain.ts'
import { openQuiet } from '../ui/quiet.ts'
import type { RunUi } from '../ui/run-ui.ts'
import type { Io } from './invocation.ts'

const LEAST_COLUMNS = 40
const LEAST_ROWS = 12

/** Who shows a run: what was asked for, else the inline screen where there is a terminal for it. */
export function openRunUi(io: Io, onInterrupt: () => void): RunUi {
  const { stderr, stdout, streams, environment, verbose } = io
  switch (io.ui) {
    case 'json':
      return openJson((line) => stdout.write(line))
    case 'quiet':
      return openQuiet(stderr)
    case 'plain':
      return openPlain(stderr, { verbose, github: environment.githubActions })
    case 'auto':
      if (!fitsInline(io)) return openPlain(stderr, { verbose, github: environment.githubActions })
      return openInline(stderr, {
        terminal: streams.stderr,
        ...(streams.stdin.isTTY && { keyboard: streams.stdin }),
        onInterrupt,
        verbose,
      })
  }
}

/** A terminal on stderr, large enough, that can move its cursor, and a person in front of it. Sizes of 0 count as 80 x 24. */
export function fitsInline({
  streams: { stderr },
  environment: { term, ci, screenReader },
}: Pick<Io, 'streams' | 'environment'>): boolean {
  const { isTTY, columns, rows } = stderr
  return (
    isTTY && (columns || 80) >= LEAST_COLUMNS && (rows || 24) >= LEAST_ROWS && term !== 'dumb' && !ci && !screenReader
  )
}
