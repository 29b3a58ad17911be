import { Failure } from '../base/diagnostic.ts'
import { foldersOf } from '../runner/environment.ts'
import { compareRuns } from '../runner/history/compare-runs.ts'
import { withCache } from '../runner/history/stored.ts'
import { cellsOf, findSide, type Side } from '../runner/history/variant.ts'
import { diffMarkdown, diffText } from '../ui/diff-text.ts'
import { parseCount } from './environment.ts'
import { EXIT_OK, EXIT_YES } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'

const DEFAULT_LIMIT = 10

/** `pipeline diff A B`: what differs between two runs or variants, on stdout. */
export async function run({ arguments: words, options, io }: Invocation): Promise<number> {
  if (words.length < 2)
    throw new Failure('E001', 'which two runs?', { help: ['pipeline diff A B, such as: pipeline diff last~1 last'] })
  const { runs, cache: cacheFolder } = foldersOf(io.root, io.environment)
  const [a, b] = words.map((word) => withBest(findSide(runs, word)))
  const limit = options.text('limit')
  const most = limit === undefined ? DEFAULT_LIMIT : parseCount('--limit', limit)
  const diff = (await withCache(cacheFolder, (cache) => compareRuns(a, b, cache))) ?? compareRuns(a, b, undefined)
  const names = { a: nameOf(a), b: nameOf(b) }
  if (io.json)
    io.stdout.write(`${JSON.stringify({ v: 1, kind: 'diff', a: sideDocument(a), b: sideDocument(b), ...diff })}\n`)
  else io.stdout.write([...(options.has('md') ? diffMarkdown(diff, names) : textOf()), ''].join('\n'))
  return options.has('exitCode') && diff.verdicts.some(({ flips }) => flips.length > 0) ? EXIT_YES : EXIT_OK

  function textOf(): string[] {
    const chosen = [a, b].some(
      ({ document, cell }, i) => cell !== undefined && !words[i].includes('@') && document.variants > 1,
    )
    return [...(chosen ? [`Between  ${names.a} and ${names.b}`] : []), ...diffText(diff, names, most)]
  }
}

/** Of a sweep that was named without a variant, its best one. */
function withBest(side: Side): Side {
  const { document, cell } = side
  if (cell !== undefined) return side
  const cells = cellsOf(document)
  const wanted = JSON.stringify(document.best?.variant)
  const best = cells.find(({ variant }) => JSON.stringify(variant) === wanted) ?? cells.at(0)
  return best === undefined ? side : { document, cell: best }
}

const nameOf = ({ document: { run }, cell }: Side): string =>
  cell === undefined || cell.label === '' ? run : `${run}@${cell.label}`

const sideDocument = ({ document: { run, spec }, cell }: Side) => ({
  run,
  spec: spec.name,
  variant: cell?.variant ?? {},
})
