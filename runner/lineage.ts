import { relative } from 'node:path'
import { digestValue } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import type { Cache } from '../cache/cache.ts'
import type { Outcome } from './plan/outcome.ts'
import type { Table } from './plan/tables.ts'

/** A spec's identity for its history: where it lies in the project, so a moved or copied project keeps it. */
export const lineageOf = (specPath: string, root: string): string => relative(root, specPath)

export const lineageName = (lineage: string, address: string): string => digestValue('lineage', [lineage, address])

/** Digest of an items table as people see it, ids included. */
export const listDigest = ({ items }: Table): string =>
  digestValue(
    'list',
    items.map(({ id, copy, image, mask, split, label, defect, part, view }) => [
      id,
      copy,
      image.digest,
      mask?.digest ?? null,
      split,
      label,
      defect ?? null,
      part ?? null,
      view ?? null,
    ]),
  )

/** Remembers what each stage was in a successful run: the ground of `fresh`, `cut-off` and of reasons. */
export async function writeLineage(
  cache: Cache,
  lineage: string,
  run: string,
  outcomes: Iterable<Outcome>,
): Promise<void> {
  faultPoint('lineage-write')
  await cache.commit(() => {
    for (const outcome of outcomes) {
      const name = lineageName(lineage, outcome.stage.address)
      const key = outcome.key ?? listDigest(outcome.table)
      if (cache.index.lineage.get(name)?.key === key) continue
      const items =
        outcome.stage.kind.shape === 'each'
          ? new Map(outcome.table.items.map(({ image, id }) => [image.digest as string, id]))
          : undefined
      void cache.index.lineage.put(name, { key, run, manifest: outcome.manifest ?? null, items })
    }
  })
}
