import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../base/diagnostic.ts'
import type { RunEvent } from '../events.ts'
import { completeRecord } from './complete-record.ts'
import { EventFold } from './fold-events.ts'
import { isRunning } from './is-running.ts'
import type { RunDocument } from './run-document.ts'

/** A run's folder under STATE/runs. */
export interface RunEntry {
  readonly run: string
  readonly folder: string
  /** ISO 8601, UTC. */
  readonly started: string
}

/** Every run there is, the newest first; none where nothing ran yet. */
export function listRuns(runsFolder: string): RunEntry[] {
  return namesIn(runsFolder)
    .flatMap((run) => {
      const folder = join(runsFolder, run)
      const started = startOf(join(folder, 'events.jsonl'))
      return started === undefined ? [] : [{ run, folder, started }]
    })
    .sort((a, b) => (a.started === b.started ? (a.run < b.run ? -1 : 1) : a.started < b.started ? 1 : -1))
}

/** The run meant by `last`, `last~1` or a prefix of its id of at least 4 digits. Throws E006 where that is none or several. */
export function findRun(runsFolder: string, text: string): RunEntry {
  const runs = listRuns(runsFolder)
  const newest = runs.slice(0, SHOWN_RUNS).map(({ run }) => run)
  const help =
    runs.length === 0 ? ['nothing ran here yet: pipeline run SPEC'] : [`the newest runs: ${newest.join(', ')}`]
  const back = /^last(?:~(\d+))?$/.exec(text)
  if (back !== null) {
    const entry = runs.at(Number(back.at(1) ?? 0))
    if (entry !== undefined) return entry
    throw new Failure('E006', runs.length === 0 ? 'there is no run yet' : `there are only ${runs.length} runs`, {
      help,
    })
  }
  if (!/^[0-9a-f]{4,}$/.test(text))
    throw new Failure('E006', `"${text}" names no run`, {
      help: ['a run is last, last~1, or at least 4 digits of its id', ...help],
    })
  const exact = runs.find(({ run }) => run === text)
  const fitting = exact === undefined ? runs.filter(({ run }) => run.startsWith(text)) : [exact]
  if (fitting.length === 1) return fitting[0]
  if (fitting.length === 0) throw new Failure('E006', `no run ${text}`, { help })
  throw new Failure('E006', `${text} fits several runs`, { help: [fitting.map(({ run }) => run).join(', ')] })
}

const SHOWN_RUNS = 5

/**
 * A run's record; of one without it, what its events tell, as `running` or `killed`. Throws E006 where there is neither,
 * and E107 where they are of another format.
 */
export function readRun(runsFolder: string, run: string): RunDocument {
  const folder = join(runsFolder, run)
  return readRecord(run, join(folder, 'record.json')) ?? foldedEvents(run, join(folder, 'events.jsonl'))
}

/** The same, and undefined where it cannot be read: for those who look through many runs. */
export function readableRun(runsFolder: string, run: string): RunDocument | undefined {
  try {
    return readRun(runsFolder, run)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

function readRecord(run: string, path: string): RunDocument | undefined {
  let record: { readonly v?: unknown } | null
  try {
    record = JSON.parse(readFileSync(path, 'utf8')) as { readonly v?: unknown } | null
  } catch {
    return undefined // killed before it was written, or damaged: the events say what they know
  }
  if (typeof record?.v === 'number' && record.v !== 1) throw otherFormat(run, record.v)
  return completeRecord(record)
}

const otherFormat = (run: string, version: number): Failure =>
  new Failure('E107', `run ${run} was recorded in format ${version}, this program reads 1`, {
    help: ['read it with the version of flawline that made it'],
  })

function foldedEvents(run: string, path: string): RunDocument {
  const fold = new EventFold(run)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new Failure('E006', `run ${run} has neither record nor events`, { help: ['pipeline ls'] })
  }
  for (const line of text.split('\n')) {
    const event = parseEvent(line)
    if (event === undefined) continue
    if ((event.v as number) !== 1) throw otherFormat(run, event.v)
    fold.add(event)
  }
  const document = fold.document()
  if (document.exit !== null) return document
  if (isRunning(document)) return { ...document, result: 'running' }
  const stages = document.stages.map((stage) =>
    stage.state === 'running' ? { ...stage, state: 'interrupted' as const } : stage,
  )
  return { ...document, result: 'killed', stages }
}

/** Undefined for the half line that a kill leaves, and for what is no event. */
export function parseEvent(line: string): RunEvent | undefined {
  try {
    const event = JSON.parse(line) as RunEvent | null
    return typeof event?.v === 'number' && typeof event.type === 'string' ? event : undefined
  } catch {
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9a-f]{4,16}$/.test(name))
  } catch {
    return []
  }
}

/** Longer than any first line but one with very many arguments. */
const HEAD_BYTES = 4096

/** The time in the first event, whatever follows; undefined where not even that was written. */
function startOf(path: string): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const head = Buffer.alloc(HEAD_BYTES)
    const text = head.toString('utf8', 0, readSync(file, head))
    return /^\{[^\n]*?"time":"([0-9T:.Z-]+)"/.exec(text)?.[1]
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
