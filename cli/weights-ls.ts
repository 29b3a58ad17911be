import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import { shortDigest } from '../base/digest.ts'
import { formatBytes } from '../base/format.ts'
import { foldersOf } from '../runner/environment.ts'
import { readRegisteredWeights } from '../runner/weights.ts'
import { STAGE_KINDS } from '../stages/registry.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'

interface WeightsRow {
  readonly name: string
  readonly digest: string
  readonly bytes: number
  readonly state: 'ready' | 'missing' | 'damaged'
  readonly usedBy: readonly string[]
  readonly path: string
}

/** `pipeline weights ls`: kept checkpoints, and those that come with a package. */
export async function run({ io }: Invocation): Promise<number> {
  const kept = await readRegisteredWeights(foldersOf(io.root, io.environment).weights)
  const embedded = STAGE_KINDS.flatMap(({ weights }) =>
    weights?.embedded === undefined
      ? []
      : [
          {
            name: weights.network,
            network: weights.network,
            digest: weights.embedded.digest,
            path: weights.embedded.locate(),
          },
        ],
  )
  const rows: WeightsRow[] = []
  for (const each of [...embedded, ...kept]) {
    const size = await stat(each.path).then(
      (found) => found.size,
      () => undefined,
    )
    const expected = 'bytes' in each ? each.bytes : size
    rows.push({
      name: each.name,
      digest: each.digest,
      bytes: expected ?? 0,
      state: size === undefined ? 'missing' : size === expected ? 'ready' : 'damaged',
      usedBy: STAGE_KINDS.filter(({ weights }) => weights?.network === each.network).map(({ kind }) => kind),
      path: relative(io.cwd, each.path),
    })
  }
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'weights', weights: rows })}\n`)
  else io.stdout.write(rows.map((row) => `${rowText(row, rows)}\n`).join(''))
  return EXIT_OK
}

/** `efficientnet-b6  24a108a5  173 MB  ready  extract/efficientnet-b6`. */
function rowText({ name, digest, bytes, state, usedBy }: WeightsRow, rows: readonly WeightsRow[]): string {
  const widest = (pick: (row: WeightsRow) => string): number => Math.max(...rows.map((row) => pick(row).length))
  return [
    name.padEnd(widest((row) => row.name)),
    shortDigest(digest),
    formatBytes(bytes).padStart(widest((row) => formatBytes(row.bytes))),
    state.padEnd(widest((row) => row.state)),
    usedBy.join(', '),
  ]
    .join('  ')
    .trimEnd()
}
