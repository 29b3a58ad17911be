import type { Database, RangeOptions } from 'lmdb'

/** The records of a table, but for those that are damaged. */
export function* recordsOf<T>(
  table: Database<T, string>,
  options: RangeOptions = {},
): Generator<{ readonly key: string; readonly value: T }> {
  for (const { key, value } of table.getRange(options) as Iterable<{ key: string; value: T | undefined }>)
    if (value !== undefined) yield { key, value }
}
