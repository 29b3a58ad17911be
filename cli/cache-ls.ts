import { formatBytes, formatCount, formatDuration } from '../base/format.ts'
import { formatMoment } from '../base/moment.ts'
import { sanitize } from '../base/sanitize.ts'
import { type Entry, NOTHING_HELD, readLedger } from '../cache/ledger.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { openCache } from './open-cache.ts'

interface Group {
  readonly name: string
  readonly entries: number
  readonly bytes: number
  /** ms since 1970; 0 where it is not known. */
  readonly lastMs: number
  readonly recomputeMs: number
}

/** What a result is listed under: by default its family, `extract`. */
const NAMES: Readonly<Record<string, (entry: Entry) => readonly string[]>> = {
  family: ({ kind = UNFINISHED }) => [kind.split('/')[0]],
  kind: ({ kind = UNFINISHED }) => [kind],
  spec: ({ specs }) => (specs.length === 0 ? [UNFINISHED] : specs),
  run: ({ run }) => [run],
}

/** Items of a stage that never ended: its next run takes them up. */
const UNFINISHED = '(unfinished)'

/** `pipeline cache ls`: what the cache holds, the largest group first. */
export async function run({ io, options }: Invocation): Promise<number> {
  const cache = openCache(io)
  const entries = cache === undefined ? [] : readLedger(cache.index, NOTHING_HELD)
  await cache?.close()
  const by = options.text('by') ?? 'family'
  const groups = groupEntries(entries, NAMES[by])
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'cache', by, groups })}\n`)
  else io.stdout.write(lines(groups))
  return EXIT_OK
}

function groupEntries(entries: readonly Entry[], namesOf: (entry: Entry) => readonly string[]): Group[] {
  const groups = new Map<string, Group>()
  for (const entry of entries) {
    for (const name of namesOf(entry)) {
      const group = groups.get(name) ?? { name, entries: 0, bytes: 0, lastMs: 0, recomputeMs: 0 }
      groups.set(name, {
        name,
        entries: group.entries + 1,
        bytes: group.bytes + entry.bytes,
        lastMs: Math.max(group.lastMs, entry.lastMs),
        recomputeMs: group.recomputeMs + entry.wallMs,
      })
    }
  }
  return [...groups.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}

/** `extract  3,363  23.5 GB  today 14:02  15m 34s`. */
function lines(groups: readonly Group[]): string {
  const now = new Date()
  const rows = groups.map(({ name, entries, bytes, lastMs, recomputeMs }) => [
    sanitize(name),
    formatCount(entries),
    formatBytes(bytes),
    lastMs === 0 ? 'unknown' : formatMoment(new Date(lastMs), now),
    formatDuration(recomputeMs),
  ])
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column].length)))
  return rows
    .map(
      (row) =>
        `${row.map((cell, i) => ([0, 3].includes(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}\n`,
    )
    .join('')
}
