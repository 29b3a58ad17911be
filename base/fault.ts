import { appendFileSync } from 'node:fs'
import { Failure } from './diagnostic.ts'

/**
 * The write points: every place where something on the disk changes, named by what has just been done or is about to be.
 * The fault suite (`npm run faults`) kills the program at each of them and expects a plain second run to repair it.
 */
export const FAULT_POINTS = [
  'run-claimed', // the run's folder is there, nothing in it
  'event-write', // before lines of events.jsonl
  'log-write', // before a line of a stage's log
  'index-commit', // before a transaction of the index
  'index-committed', // after it
  'small-put', // before an output under 16 kB goes into the index
  'segment-put', // before a tensor goes into its segment
  'segment-committed', // after it
  'blob-write', // before the bytes of a blob are written under another name
  'blob-rename', // before it gets its own name
  'blob-renamed', // after it
  'checkpoint-write', // before the state of a training is written under another name
  'checkpoint-rename', // before it gets its own name
  'staging-made', // the folder of an attempt is there
  'staging-remove', // before it is taken away
  'lock-write', // before a lock is written under another name
  'lock-link', // before it gets its own name
  'lock-release', // before it is removed
  'quarantine', // before damaged bytes are removed
  'quarantined', // after it
  'set-aside', // before a damaged LMDB file is renamed
  'set-aside-lock', // before its lock file follows
  'mark-write', // before the list of keys in use is written under another name
  'mark-rename', // before it gets its own name
  'memo-write', // before a parsed spec is kept under another name
  'memo-rename', // before it gets its own name
  'evict', // before records are removed from the index
  'evict-bytes', // before the bytes that they named are removed
  'compact-rename', // before a rewritten segment gets its name
  'segment-unlink', // before a segment is removed
  'lineage-write', // before the history of a spec is written
  'publish-write', // before an output is written under another name
  'publish-rename', // before it gets its own name
  'publish-remove', // before an output of an earlier run is removed
  'record-write', // before record.json is written under another name
  'record-rename', // before it gets its own name
] as const

export type FaultPoint = (typeof FAULT_POINTS)[number]
export type FaultSite = 'runner' | 'host'

type Fault = { readonly type: 'kill'; readonly point: FaultPoint } | { readonly type: 'trace'; readonly file: string }

let armed: Fault | undefined
let left = 0
let here: FaultSite = 'runner'

/** Marks a write point. Does nothing unless this process is armed; then it may not come back. */
export function faultPoint(point: FaultPoint): void {
  if (armed === undefined) return
  if (armed.type === 'trace') appendFileSync(armed.file, `${here} ${point}\n`)
  else if (armed.point === point && --left === 0) process.kill(process.pid, 'SIGKILL')
}

/**
 * Arms this process as `PIPELINE_FAULT` says: `segment-put:3,host` kills a task host at its third passage of that point,
 * without `,host` the runner; `trace:FILE` appends a line for each passage in either. Throws E001.
 */
export function armFault(text: string | undefined, site: FaultSite): void {
  here = site
  armed = undefined
  if (text === undefined) return
  if (text.startsWith('trace:')) {
    armed = { type: 'trace', file: text.slice('trace:'.length) }
    return
  }
  const match = /^([a-z-]+):([1-9]\d*)(,host)?$/.exec(text)
  const point = FAULT_POINTS.find((each) => each === match?.[1])
  if (match === null || point === undefined) {
    throw new Failure('E001', `PIPELINE_FAULT must be POINT:N, POINT:N,host or trace:FILE, found "${text}"`, {
      help: [`points: ${FAULT_POINTS.join(', ')}`],
    })
  }
  if ((match.at(3) === undefined ? 'runner' : 'host') !== site) return
  armed = { type: 'kill', point }
  left = Number(match[2])
}
