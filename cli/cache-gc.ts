import { Failure } from '../base/diagnostic.ts'
import { formatBytes, formatCount, formatDuration, plural } from '../base/format.ts'
import { parseBytes, parseDuration } from '../base/quantity.ts'
import { sanitize } from '../base/sanitize.ts'
import type { Cache } from '../cache/cache.ts'
import type { Choice, Limits } from '../cache/choose.ts'
import { collect, previewCollect } from '../cache/collect.ts'
import { freeBytes } from '../cache/file-system.ts'
import { cacheBytes } from '../cache/size.ts'
import { acquireEviction, othersAtWork } from '../cache/work-marks.ts'
import { cacheBound } from '../runner/plan/room.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation, Io, Options } from './invocation.ts'
import { openCache } from './open-cache.ts'
import { writeDiagnostics } from './write-diagnostics.ts'

interface Told extends Pick<Choice, 'evicted' | 'freedBytes' | 'slower'> {
  readonly isDry: boolean
  readonly pinnedRuns: number
}

/** `pipeline cache gc`: evicts down to the limits, least loss first. */
export async function run({ io, options }: Invocation): Promise<number> {
  const isDry = options.has('dry')
  const cache = openCache(io)
  const asked = askedLimits(options)
  if (cache === undefined) {
    tell(io, { evicted: [], freedBytes: 0, slower: [], isDry, pinnedRuns: 0 })
    return EXIT_OK
  }
  const limits = { ...asked, maxBytes: asked.maxBytes ?? defaultBound(cache, io) }
  const choice = isDry ? preview(cache, limits) : await evict(cache, limits)
  tell(io, { ...choice, isDry, pinnedRuns: [...cache.index.pins.getKeys()].length })
  const { pinned, 'in use': inUse } = choice.held
  if (choice.keptBytes > limits.maxBytes)
    writeDiagnostics(
      io.stderr,
      [
        {
          code: 'W504',
          severity: 'warning',
          message: `the limit of ${formatBytes(limits.maxBytes)} is not reached: ${formatBytes(pinned)} of pinned runs and ${formatBytes(inUse)} in use stay`,
          help: ['pipeline cache pin --list', 'or run it again once the runs at work have ended'],
        },
      ],
      new Map(),
    )
  await cache.close()
  return EXIT_OK
}

type AskedLimits = Omit<Limits, 'maxBytes'> & { readonly maxBytes?: number }

function askedLimits(options: Options): AskedLimits {
  const size = options.text('maxSize')
  const age = options.text('maxAge')
  const maxBytes = size === undefined ? undefined : parseBytes(size)
  const maxAgeMs = age === undefined ? undefined : parseDuration(age)
  if (size !== undefined && maxBytes === undefined)
    throw new Failure('E001', `--max-size must be a size such as 40G, found "${size}"`)
  if (age !== undefined && maxAgeMs === undefined)
    throw new Failure('E001', `--max-age must be a time such as 30d, found "${age}"`)
  return {
    nowMs: Date.now(),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    ...(maxBytes !== undefined && { maxBytes }),
  }
}

const defaultBound = ({ folder }: Cache, { environment }: Io): number =>
  cacheBound(environment.cacheMaxBytes, cacheBytes(folder), freeBytes(folder))

const heldIn = (cache: Cache): { held: Parameters<typeof previewCollect>[1]['held']; alone: boolean } => {
  const others = othersAtWork(cache.folder)
  return { held: { ...others, pinned: cache.pinnedKeys() }, alone: others.runs.length === 0 }
}

const preview = (cache: Cache, limits: Limits): Choice => previewCollect(cache, { ...limits, ...heldIn(cache) })

async function evict(cache: Cache, limits: Limits): Promise<Choice> {
  const lock = acquireEviction(cache.folder, 'gc')
  if ('heldBy' in lock)
    throw new Failure('E402', `another process is evicting already (pid ${lock.heldBy.pid})`, {
      help: ['run it again in a moment'],
    })
  try {
    if (othersAtWork(cache.folder).isPlanning)
      throw new Failure('E402', 'a run has just begun, and what it uses is not known yet', {
        help: ['run it again in a moment'],
      })
    return await collect(cache, { ...limits, ...heldIn(cache) })
  } finally {
    lock.release()
  }
}

function tell(io: Io, { evicted, freedBytes, slower, isDry, pinnedRuns }: Told): void {
  if (io.json) {
    const document = {
      v: 1,
      kind: 'cache-gc',
      dry: isDry,
      entries: evicted.length,
      bytes: freedBytes,
      slower,
      pinnedRuns,
    }
    io.stdout.write(`${JSON.stringify(document)}\n`)
    return
  }
  const count = `${formatCount(evicted.length)} ${evicted.length === 1 ? 'entry' : 'entries'}`
  const parts = [`${isDry ? 'would evict' : 'evicted'} ${count}, ${formatBytes(freedBytes)}`, slowerText(slower)]
  if (pinnedRuns > 0) parts.push(`${plural(pinnedRuns, 'pinned run')} kept`)
  io.stdout.write(`${parts.join('; ')}\n`)
}

const SPECS_TOLD = 3

/** `dataset-a-170 gets slower by 15m 48s, quickstart by 3.1s`. */
function slowerText(slower: Choice['slower']): string {
  if (slower.length === 0) return 'no spec gets slower'
  const told = slower
    .slice(0, SPECS_TOLD)
    .map(({ spec, ms }, i) => `${sanitize(spec)} ${i === 0 ? 'gets slower ' : ''}by ${formatDuration(ms)}`)
  return [...told, ...(slower.length > SPECS_TOLD ? [`${slower.length - SPECS_TOLD} more`] : [])].join(', ')
}
