import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { faultPoint } from '../base/fault.ts'
import { writeFailure } from '../base/write-failure.ts'
import type { EventBody, RunEvent } from './events.ts'
import { EventFold } from './history/fold-events.ts'
import type { RunDetails } from './history/run-document.ts'
import { makeFolder } from '../base/make-folder.ts'

/** The longest line of an event stream; a log text beyond it is cut. */
const MAX_LINE_BYTES = 64_000

/** A run's folder under STATE/runs: its events as they happen and, at the end, its record. */
export class RunRecord {
  readonly id: string
  readonly folder: string
  readonly #events: number
  /** Lines that are not in the file yet: those of one turn of the event loop are written at once. */
  #unwritten: string[] = []
  readonly #fold: EventFold
  #details: RunDetails = {}
  #seq = 0
  readonly #started = performance.now()

  constructor(runsFolder: string) {
    try {
      makeFolder(runsFolder)
      this.id = claimId(runsFolder)
      faultPoint('run-claimed')
      this.folder = join(runsFolder, this.id)
      this.#fold = new EventFold(this.id)
      this.#events = openSync(join(this.folder, 'events.jsonl'), 'a')
    } catch (error) {
      throw writeFailure(error, `cannot write to ${runsFolder}`, [
        'make it writable, or point PIPELINE_STATE_DIR at another folder',
      ])
    }
  }

  /** Numbers an event, writes it down and gives it back whole. */
  add(body: EventBody): RunEvent {
    const event: RunEvent = {
      v: 1,
      seq: this.#seq++,
      t: Math.round(performance.now() - this.#started),
      run: this.id,
      ...cut(body),
    }
    this.#fold.add(event)
    if (this.#unwritten.length === 0) setImmediate(() => this.#write())
    this.#unwritten.push(`${JSON.stringify(event)}\n`)
    return event
  }

  #write(): void {
    if (this.#unwritten.length === 0) return
    faultPoint('event-write')
    try {
      writeSync(this.#events, this.#unwritten.join(''))
    } catch {
      // A full disk must not hide the event that says so.
    }
    this.#unwritten = []
  }

  /** Adds to the record what no event carries. */
  keep(details: RunDetails): void {
    this.#details = { ...this.#details, ...details }
  }

  /** Writes `record.json` by rename; a run without one was killed. */
  finish(): void {
    this.#write()
    closeSync(this.#events)
    const path = join(this.folder, 'record.json')
    try {
      faultPoint('record-write')
      writeFileSync(`${path}.part`, `${JSON.stringify(this.#fold.document(this.#details))}\n`)
      faultPoint('record-rename')
      renameSync(`${path}.part`, path)
    } catch {
      rmSync(`${path}.part`, { force: true })
    }
  }
}

/** Four hex digits, more once those are taken. */
function claimId(runsFolder: string): string {
  const taken = new Set(readdirSync(runsFolder))
  for (let digits = 4; ; digits++) {
    for (let attempt = 0; attempt < 16; attempt++) {
      const id = randomBytes(8).toString('hex').slice(0, digits)
      if (taken.has(id)) continue
      try {
        mkdirSync(join(runsFolder, id))
        return id
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  }
}

function cut(body: EventBody): EventBody {
  if (body.type !== 'stage.log' || body.text.length * 4 < MAX_LINE_BYTES) return body
  return { ...body, text: body.text.slice(0, MAX_LINE_BYTES / 4), cut: true }
}
