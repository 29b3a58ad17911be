import { Failure } from '../base/diagnostic.ts'
import { formatBytes, plural } from '../base/format.ts'
import type { Cache } from '../cache/cache.ts'
import { type Entry, readLedger } from '../cache/ledger.ts'
import { recordsOf } from '../cache/records-of.ts'
import { foldersOf } from '../runner/environment.ts'
import { findRun, readRun } from '../runner/history/find-run.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation, Io } from './invocation.ts'
import { openCache } from './open-cache.ts'

interface PinRow {
  readonly run: string
  readonly stages: number
  readonly bytes: number
}

/** `pipeline cache pin RUN...`: keeps what runs made and used from eviction, or lets it go again. */
export async function run({ arguments: named, options, io }: Invocation): Promise<number> {
  if (named.length === 0 && !options.has('list'))
    throw new Failure('E001', 'which run?', {
      help: ['pipeline ls lists them; pipeline cache pin --list the pinned ones'],
    })
  const cache = openCache(io)
  if (cache === undefined) {
    if (named.length > 0) throw new Failure('E006', 'nothing ran here yet', { help: ['pipeline run SPEC'] })
    tell(io, [])
    return EXIT_OK
  }
  const runs = named.map((text) => runOf(text, cache, io))
  if (options.has('remove')) {
    const rows = rowsOf(cache).filter(({ run: pinned }) => runs.includes(pinned))
    await cache.commit(() => runs.forEach((each) => void cache.index.pins.remove(each)))
    tell(io, rows)
  } else {
    const pins = runs.map((each) => [each, { keys: keysOf(each, io), pinnedMs: Date.now() }] as const)
    await cache.commit(() => pins.forEach(([each, pin]) => void cache.index.pins.put(each, pin)))
    tell(io, options.has('list') ? rowsOf(cache) : rowsOf(cache).filter(({ run: pinned }) => runs.includes(pinned)))
  }
  await cache.close()
  return EXIT_OK
}

/** A pinned run may have lost its folder and is still known by its name. */
function runOf(text: string, cache: Cache, { root, environment }: Io): string {
  if (cache.index.pins.doesExist(text)) return text
  return findRun(foldersOf(root, environment).runs, text).run
}

function keysOf(run: string, { root, environment }: Io): string[] {
  const { stages } = readRun(foldersOf(root, environment).runs, run)
  const keys = stages.flatMap(({ key, list }) => (key === undefined || list ? [] : [key]))
  if (keys.length === 0) throw new Failure('E006', `run ${run} has no result to keep`, { help: ['pipeline ls'] })
  return [...new Set(keys)]
}

function rowsOf({ index }: Cache): PinRow[] {
  return [...recordsOf(index.pins)].map(({ key, value }) => {
    const held = readLedger(index, { pinned: new Set(value.keys), inUse: new Set() })
    return { run: key, stages: value.keys.length, bytes: bytesOf(held.filter(({ hold }) => hold === 'pinned')) }
  })
}

function bytesOf(entries: readonly Entry[]): number {
  const objects = new Map(
    entries.flatMap((entry) => entry.objects.map(({ digest, bytes }) => [digest, bytes] as const)),
  )
  return [...objects.values()].reduce((sum, bytes) => sum + bytes, 0)
}

/** `7f3c  29 stages, 24.5 GB`. */
function tell(io: Io, rows: readonly PinRow[]): void {
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'cache-pin', pins: rows })}\n`)
  else
    io.stdout.write(
      rows.map((row) => `${row.run}  ${plural(row.stages, 'stage')}, ${formatBytes(row.bytes)}\n`).join(''),
    )
}
