import type { Use } from '../cache/uses.ts'
import type { Outcome } from './plan/outcome.ts'

/** What a run used, for the cache's memory of last uses. List stages have no key and nothing stored. */
export const usesOf = (outcomes: Iterable<Outcome>, spec: string): Use[] =>
  [...outcomes].flatMap(({ stage, key, made }) =>
    key === undefined
      ? []
      : [
          {
            key,
            kind: stage.kind.kind,
            spec,
            ...(made && { base: made.base, items: made.rows.map((row) => row.key) }),
          },
        ],
  )
